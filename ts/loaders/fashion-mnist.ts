/** Fashion-MNIST: 70,000 images of clothes in ten classes. Source: https://github.com/zalandoresearch/fashion-mnist */
import { openFashionMnist } from '#read';
import { badFile, wrongValue } from '../api/check.js';
import type { FashionMnistFileName, FashionMnistFiles, FashionMnistOptions } from './files.js';
import { readIdx } from './idx.js';

/** Names of the ten classes, in the order of their indices. */
export const fashionMnistClassNames: readonly string[] = Object.freeze([
	't-shirt',
	'trouser',
	'pullover',
	'dress',
	'coat',
	'sandal',
	'shirt',
	'sneaker',
	'bag',
	'ankle boot',
]);

/** A dataset for `fit`, `evaluate` and `upload`. */
export interface FashionMnistPart {
	/** `[count · 784]`, row-major: gray values from 0 (background) to 255. */
	inputs: Uint8Array;
	/** `[count]`: class indices from 0 to 9. */
	labels: Uint8Array;
	inputShape: [28, 28];
	classNames: readonly string[];
}

/** Result of `loadFashionMnist`. */
export interface FashionMnist {
	/** 60,000 samples in the official files. */
	train: FashionMnistPart;
	/** 10,000 samples in the official files. */
	test: FashionMnistPart;
	/** The folder or address the files were read from. */
	source: string;
}

/** The first word of the files' names, by part. */
const prefixes = { train: 'train', test: 't10k' } as const;

async function readBytes(files: FashionMnistFiles, fileName: FashionMnistFileName, sampleShape: readonly number[]) {
	const { name, ...bytes } = await files.open(fileName);
	const { shape, data } = await readIdx(bytes, name);
	const [, ...rest] = shape;
	if (!(data instanceof Uint8Array) || rest.join() !== sampleShape.join()) {
		const expected = `unsigned bytes, ${['count', ...sampleShape].join(' × ')}`;
		const got = `${data.constructor.name}, ${shape.join(' × ')}`;
		throw badFile(`${name} dimensions`, expected, got);
	}
	return { name, count: shape[0], data };
}

async function loadPart(files: FashionMnistFiles, part: 'train' | 'test'): Promise<FashionMnistPart> {
	const prefix = prefixes[part];
	const labels = await readBytes(files, `${prefix}-labels-idx1-ubyte`, []);
	const classes = fashionMnistClassNames.length;
	const row = labels.data.findIndex((label) => label >= classes);
	if (row >= 0) {
		throw badFile(labels.name, 'a class from 0 to 9', `${labels.data[row]}`, { row });
	}
	const images = await readBytes(files, `${prefix}-images-idx3-ubyte`, [28, 28]);
	if (images.count !== labels.count) {
		throw badFile(images.name, `${labels.count} images, as many as labels`, `${images.count}`);
	}
	return { inputs: images.data, labels: labels.data, inputShape: [28, 28], classNames: fashionMnistClassNames };
}

/**
 * Loads Fashion-MNIST: in Node from `{ folder }` or by `{ download: true }`, in a browser from `{ baseUrl }`. Nothing is
 * downloaded without `download: true`.
 *
 * @throws InvalidValueError with code `INVALID_FILE` where a file is missing, cannot be downloaded, is damaged,
 *   or has other dimensions; InvalidTypeError for wrong options, with code `UNKNOWN_OPTION` for those that this platform
 *   does not have. Rejects with the reason of `signal` when it aborts.
 */
export async function loadFashionMnist(options: FashionMnistOptions): Promise<FashionMnist> {
	const files = openFashionMnist(options);
	const train = await loadPart(files, 'train');
	const test = await loadPart(files, 'test');
	return { train, test, source: files.source };
}

/**
 * Loads one part of Fashion-MNIST, and reads no file of the other, whose memory it saves.
 *
 * @throws like `loadFashionMnist`; InvalidValueError where `part` is neither `train` nor `test`
 */
export async function loadFashionMnistPart(
	part: 'train' | 'test',
	options: FashionMnistOptions,
): Promise<FashionMnistPart> {
	if (!Object.hasOwn(prefixes, part)) {
		throw wrongValue('part', "'train' or 'test'", part);
	}
	return loadPart(openFashionMnist(options), part);
}
