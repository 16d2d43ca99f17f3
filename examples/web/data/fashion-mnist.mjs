/** Fashion-MNIST from wherever it is: beside the page, inside it, or from files of the user's. */

import embedded from 'virtual:embedded-sample';
import { fashionMnistClassNames, loadFashionMnist, parseIdx } from 'softmax-simd';

export { fileNames } from '../build/file-names.mjs';

export async function loadSample() {
	if (embedded)
		return fromFiles('sample', new Map(Object.entries(embedded).map(([name, text]) => [name, decode(text)])));
	return describe('sample', await loadFashionMnist({ baseUrl: './' }));
}

export async function loadFull() {
	if (embedded) throw new Error('file:');
	return describe('full', await loadFashionMnist({ baseUrl: './full/' }));
}

/** @param files Bytes by name. */
export async function fromFiles(kind, files) {
	const parts = {};
	for (const [part, prefix] of [
		['train', 'train'],
		['test', 't10k'],
	]) {
		const images = await parseIdx(files.get(`${prefix}-images-idx3-ubyte.gz`));
		const labels = await parseIdx(files.get(`${prefix}-labels-idx1-ubyte.gz`));
		if (images.shape.slice(1).join() !== '28,28' || images.shape[0] !== labels.shape[0]) {
			throw new Error(`${prefix}: ${images.shape.join(' × ')}, ${labels.shape.join(' × ')}`);
		}
		parts[part] = { inputs: images.data, labels: labels.data };
	}
	return describe(kind, parts);
}

function describe(kind, { train, test }) {
	const part = ({ inputs, labels }) => ({ inputs, labels, count: labels.length });
	return { kind, classNames: [...fashionMnistClassNames], train: part(train), test: part(test) };
}

function decode(text) {
	return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
