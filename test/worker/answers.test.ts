/** What an answer of the worker carries besides a value. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { InvalidValueError } from '../../ts/api/errors.js';
import { checkPartialFitOptions } from '../../ts/api/fit-options.js';
import type { TrainerOptions } from '../../ts/api/options.js';
import { checkTrainerOptions } from '../../ts/api/trainer-options.js';
import type { AnswerCall, Parcel } from '../../ts/protocol/calls.js';
import { unpackError } from '../../ts/protocol/errors.js';
import { answering } from '../../worker/answers.js';
import { WorkerApi } from '../../worker/calls.js';

let module: WebAssembly.Module;
beforeAll(() => {
	module = new WebAssembly.Module(readFileSync('dist/softmax-simd.wasm'));
});

const settings = checkPartialFitOptions({})(1);

async function createCall(options: TrainerOptions = {}): Promise<AnswerCall> {
	const call = answering(new WorkerApi(async () => {}));
	await call('create', module, checkTrainerOptions(options));
	return call;
}

function parcel(labels: number[], isBorrowed = false): Parcel {
	const layout = { kind: 'float32', count: 4, features: 3, labels: { kind: 'indices', width: 1 } } as const;
	return { layout, inputs: new Float32Array(12).fill(1), labels, isBorrowed };
}

test('the first answer tells all of the model, later ones what has changed', async () => {
	const call = answering(new WorkerApi(async () => {}));
	const created = await call('create', module, checkTrainerOptions({ inputShape: 3, classes: 2 }));
	const all = { inputShape: [3], classNames: ['0', '1'], precision: 'auto', epoch: 0 };
	expect(created.changes).toEqual(all);
	expect((await call('evaluate', parcel([0, 1, 0, 1]))).changes).toEqual({ precision: 'float32' });
	expect((await call('evaluate', parcel([0, 1, 0, 1]))).changes).toEqual({});
	expect((await call('setClasses', ['a', 'b'])).changes).toEqual({ classNames: ['a', 'b'] });
	const id = 0;
	await call('upload', id, parcel([0, 1, 0, 1]));
	const fit = await call('fit', id, undefined, [id], { ...settings, epochs: 2 }, undefined, undefined);
	expect(fit.changes).toEqual({ epoch: 2 });
	expect(fit.value).toMatchObject({ isAborted: false, history: { epochs: [{ epoch: 1 }, { epoch: 2 }] } });
	expect((await call('reset', undefined)).changes).toEqual({ epoch: 0 });
});

test('an answer with an error tells what has changed all the same', async () => {
	const call = await createCall();
	const sampleWeight = new Float32Array(3).fill(1);
	const { thrown, value, changes } = await call('partialFit', parcel([0, 1, 2, 1]), { ...settings, sampleWeight });
	expect(value).toBeUndefined();
	const error = unpackError(thrown!);
	expect(error).toBeInstanceOf(InvalidValueError);
	expect(error).toMatchObject({ code: 'INVALID_DATA', field: 'sampleWeight', got: '3' });
	expect(changes).toMatchObject({ inputShape: [3], classNames: ['0', '1', '2'] });
});

test('an answer brings back the memory of a slice where it is wanted, once', async () => {
	const call = await createCall({ inputShape: 3, classes: 2 });
	const sent = parcel([0, 1, 0, 1], true);
	expect((await call('evaluate', sent)).memory).toBe(sent.inputs.buffer);
	expect((await call('stats')).memory).toBeUndefined();
	expect((await call('evaluate', parcel([0, 1, 0, 1]))).memory).toBeUndefined();
});

test('a data set that comes with a call is freed after it, whether it was refused or not', async () => {
	const call = await createCall({ inputShape: 3, classes: 2, memoryLimit: 2 ** 40 });
	const memory = async () => ((await call('stats')).value as { memoryBytes: number }).memoryBytes;
	const large = (label: number): Parcel => {
		const layout = { kind: 'float32', count: 100_000, features: 3, labels: { kind: 'indices', width: 1 } } as const;
		return {
			layout,
			inputs: new Float32Array(300_000),
			labels: new Uint8Array(100_000).fill(label),
			isBorrowed: false,
		};
	};
	await call('evaluate', large(0));
	const before = await memory();
	for (const label of [1, 2, 0, 2, 1]) {
		const { thrown } = await call('evaluate', large(label));
		expect(thrown === undefined).toBe(label < 2);
	}
	expect(await memory()).toBe(before);
});
