/** Which data set: the sample, the full one, or images of one's own. */
import { say } from '../language/index.mjs';
import { element } from '../page/dom.mjs';
import { reasonOf, whole } from '../page/numbers.mjs';
import { fileNames, fromFiles, loadFull, loadSample } from './fashion-mnist.mjs';

/** @param store Where files that the user chose are kept, so that a reload has them. */
export function createSource(session, own, store) {
	const radios = [...document.querySelectorAll('input[name="source"]')];
	const status = element('data-status');
	const chosen = new Map();

	async function load(kind) {
		if (kind === 'own') return own.data;
		if (kind === 'sample') return loadSample();
		const kept = await store.get('full').catch(() => undefined);
		return kept ? fromFiles('full', kept) : loadFull();
	}

	/** @returns whether the data are there now */
	async function open(kind, kept) {
		for (const radio of radios) radio.checked = radio.value === kind;
		element('own').hidden = kind !== 'own';
		say(status, 'data.loading');
		try {
			const data = await load(kind);
			element('missing').hidden = true;
			// Another choice was made while it loaded.
			if (radios.find((radio) => radio.checked)?.value !== kind) return false;
			await session.open(data, kept);
			return true;
		} catch (error) {
			const isMissing = kind === 'full' && !kept?.isOpened;
			element('missing').hidden = !isMissing;
			if (isMissing) {
				say(element('missing-text'), 'data.missing', { reason: reasonOf(error) });
				status.textContent = '';
				delete status.dataset.text;
				showCurrent();
			} else {
				say(status, 'data.failed', { reason: reasonOf(error) });
				throw error;
			}
			return false;
		}
	}

	/** What is trained on remains what it was. */
	function showCurrent() {
		if (!session.data) return;
		for (const radio of radios) radio.checked = radio.value === session.data.kind;
		element('own').hidden = session.data.kind !== 'own';
		showCounts();
	}

	function showCounts() {
		const { train, test, classNames } = session.data;
		const values = { train: () => whole(train.count), test: () => whole(test.count), classes: classNames.length };
		say(status, 'data.counts', values);
	}

	async function takeFiles(files) {
		for (const file of files) {
			const name = fileNames.find((one) => file.name === one || `${file.name}.gz` === one);
			if (name) chosen.set(name, new Uint8Array(await file.arrayBuffer()));
		}
		const missing = fileNames.filter((name) => !chosen.has(name));
		if (missing.length > 0) return say(element('missing-status'), 'data.incomplete', { names: missing.join(', ') });
		try {
			const data = await fromFiles('full', chosen);
			element('missing').hidden = true;
			await store.set('full', chosen).catch(() => {});
			element('own').hidden = true;
			await session.open(data);
			showCurrent();
		} catch (error) {
			say(element('missing-status'), 'data.failed', { reason: reasonOf(error) });
		}
	}

	for (const radio of radios) {
		radio.addEventListener('change', () => open(radio.value).catch(() => {}));
	}
	element('full-files').addEventListener('change', ({ target }) => takeFiles([...target.files]));
	session.on('data', showCounts);
	return { open };
}
