/** Keeps all that a reload would lose: after every epoch, but no more than about once a second. */
import { say } from '../language/index.mjs';
import { element } from '../page/dom.mjs';
import { reasonOf } from '../page/numbers.mjs';

const rest = 1000;

export function createKeeping(session, settings, own, store) {
	let last = 0;
	let keeping = Promise.resolve();
	let isOn = true;

	function keep() {
		last = performance.now();
		keeping = keeping
			.then(async () => {
				if (!isOn) return;
				const kind = session.data?.kind;
				await store.set('session', { kind, settings: settings.keep(), model: await session.keep() });
				document.body.dataset.kept = session.epochs;
			})
			.catch((error) => say(element('model-status'), 'model.notStored', { reason: reasonOf(error) }));
		return keeping;
	}

	session.on('epoch', () => {
		if (performance.now() - last > rest) keep();
	});
	session.on('state', () => {
		if (session.state !== 'training') keep();
	});
	return {
		keep,
		keepClasses: () => store.set('classes', own.keep()).catch(() => {}),
		/** Nothing is kept any more, so that nothing comes back after all was deleted. */
		async end() {
			isOn = false;
			await keeping;
			await store.clear();
		},
	};
}
