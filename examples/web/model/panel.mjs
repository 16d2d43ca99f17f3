/** Saving, opening and exporting the model. */
import { fashionMnistClassNames } from 'softmax-simd';
import { decodeModel, encodeModel, exportOnnx, writeSafetensors } from 'softmax-simd/formats';
import { say } from '../language/index.mjs';
import { create, element } from '../page/dom.mjs';
import { reasonOf } from '../page/numbers.mjs';
import { pixelCount } from '../page/pixels.mjs';

class Advice extends Error {
	constructor(key, values) {
		super(key);
		this.values = values;
	}
}

export function createModelPanel({ session, own, store, keeping, source }) {
	const status = element('model-status');

	async function stateOf() {
		if (!session.trainer) throw new Advice('model.none');
		return session.trainer.getState();
	}

	/** @param kept Curves too, where they were kept. */
	async function take(state, { logs = [], curve } = {}) {
		const { inputShape, classNames = [...state.bias.keys()].map(String) } = state;
		if (inputShape.reduce((a, b) => a * b) !== pixelCount) throw new Advice('model.otherShape');
		const { data } = session;
		let { kind } = data;
		if (classNames.join('\n') !== data.classNames.join('\n')) {
			const isClothes = classNames.join('\n') === fashionMnistClassNames.join('\n');
			kind = isClothes ? 'sample' : 'own';
			const isSame = own.list.map(({ name }) => name).join('\n') === classNames.join('\n');
			if (!isClothes && own.list.length > 0 && !isSame) {
				throw new Advice('model.otherClasses', { names: classNames.join(', ') });
			}
			if (!isClothes && !isSame) own.restore(classNames.map((name) => ({ name, pixels: new Uint8Array() })));
		}
		const complete = { ...state, inputShape: [28, 28], classNames };
		await source.open(kind, { state: complete, logs, curve, isOpened: true });
		await keeping.keepClasses();
		say(status, 'model.opened', { epochs: state.epoch, classes: classNames.length });
	}

	const actions = {
		async save() {
			download('model.safetensors', encodeModel(await stateOf()));
		},
		async onnx() {
			const { weight, bias, inputShape, classNames } = await stateOf();
			download('model.onnx', exportOnnx({ weight, bias, inputShape, classNames, inputKind: 'uint8' }));
		},
		async safetensors() {
			const { weight, bias, classNames } = await stateOf();
			// As nn.Sequential(nn.Flatten(), nn.Linear(784, C)) names them, for pixels from 0 to 1.
			const tensors = {
				'1.weight': { dtype: 'F32', shape: [bias.length, pixelCount], data: weight },
				'1.bias': { dtype: 'F32', shape: [bias.length], data: bias },
			};
			download('pytorch.safetensors', writeSafetensors(tensors, { classNames: JSON.stringify(classNames) }));
		},
		async keep() {
			await store.set('copy', { state: await stateOf(), logs: session.logs, curve: session.curve.keep() });
			say(status, 'model.kept');
		},
		async back() {
			const copy = await store.get('copy');
			if (!copy) throw new Advice('model.noCopy');
			await take(copy.state, copy);
		},
		async delete() {
			await keeping.end();
			location.reload();
		},
	};

	function download(name, bytes) {
		const url = URL.createObjectURL(new Blob([bytes]));
		create('a', { href: url, download: name }).click();
		// The download has begun by then.
		setTimeout(() => URL.revokeObjectURL(url), 10_000);
		say(status, 'model.saved', { name });
	}

	async function attempt(action) {
		try {
			await action();
		} catch (error) {
			if (error instanceof Advice) say(status, error.message, error.values);
			else say(status, 'model.failed', { reason: reasonOf(error) });
		}
	}

	for (const [name, action] of Object.entries(actions)) {
		element(`model-${name}`).addEventListener('click', () => attempt(action));
	}
	element('model-open').addEventListener('change', ({ target }) => {
		attempt(async () => {
			const { options: _, ...state } = decodeModel(new Uint8Array(await target.files[0].arrayBuffer()));
			target.value = '';
			await take(state);
		});
	});
}
