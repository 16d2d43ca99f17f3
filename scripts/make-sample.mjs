/**
 * Makes examples/sample: the first 600 training and 100 test images of every class of Fashion-MNIST, in file order.
 *
 *   node scripts/make-sample.mjs [folder with the four .gz files] [folder to write to]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { debianDataset, root } from './tools.mjs';

const [source = debianDataset, target = `${root}examples/sample`] = process.argv.slice(2);
const classCount = 10;
const pixels = 28 * 28;

/**
 * Elements of an IDX file of unsigned bytes with `rank` dimensions.
 *
 * @param {string} name
 * @param {number} rank
 */
function readElements(name, rank) {
	return gunzipSync(readFileSync(`${source}/${name}.gz`)).subarray(4 + 4 * rank);
}

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {Uint8Array} elements
 */
function writeIdx(name, shape, elements) {
	const header = Buffer.alloc(4 + 4 * shape.length);
	header[2] = 0x08;
	header[3] = shape.length;
	shape.forEach((size, axis) => {
		header.writeUInt32BE(size, 4 + 4 * axis);
	});
	// gzipSync writes neither a name nor a time.
	writeFileSync(`${target}/${name}.gz`, gzipSync(Buffer.concat([header, elements]), { level: 9 }));
}

/**
 * Positions of the first `perClass` samples of every class, ascending.
 *
 * @param {Uint8Array} labels
 * @param {number} perClass
 */
function choose(labels, perClass) {
	const taken = new Array(classCount).fill(0);
	/** @type {number[]} */
	const chosen = [];
	labels.forEach((label, position) => {
		if (taken[label]++ < perClass) chosen.push(position);
	});
	return chosen;
}

/**
 * @param {string} part
 * @param {number} perClass
 */
function makePart(part, perClass) {
	const labels = readElements(`${part}-labels-idx1-ubyte`, 1);
	const images = readElements(`${part}-images-idx3-ubyte`, 3);
	const chosen = choose(labels, perClass);
	const imageOf = (/** @type {number} */ position) => images.subarray(position * pixels, (position + 1) * pixels);
	writeIdx(`${part}-labels-idx1-ubyte`, [chosen.length], Buffer.from(chosen.map((position) => labels[position])));
	writeIdx(`${part}-images-idx3-ubyte`, [chosen.length, 28, 28], Buffer.concat(chosen.map(imageOf)));
}

mkdirSync(target, { recursive: true });
makePart('train', 600);
makePart('t10k', 100);
