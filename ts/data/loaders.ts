/** The functions that read data sets. Their code comes with the first call: an app with data of its own needs none of it. */
import type { FashionMnist, FashionMnistPart } from './fashion-mnist.js';
import type { FashionMnistOptions } from './files.js';
import type { IdxArray } from './idx.js';

const readers = () => import('./readers.js');

/**
 * Loads Fashion-MNIST. Nothing is downloaded unless asked for.
 *
 * @throws InvalidValueError with code `INVALID_FILE` where a file is missing, cannot be had, or is not what it should
 * be; InvalidTypeError for wrong options, with code `UNKNOWN_OPTION` for those this platform does not have.
 */
export async function loadFashionMnist(options: FashionMnistOptions): Promise<FashionMnist> {
	return (await readers()).loadFashionMnist(options);
}

/**
 * Loads one part of Fashion-MNIST, for those who have no use for the other's memory, and reads no file of the other.
 *
 * @throws as `loadFashionMnist`; InvalidValueError where there is no such part
 */
export async function loadFashionMnistPart(
	part: 'train' | 'test',
	options: FashionMnistOptions,
): Promise<FashionMnistPart> {
	return (await readers()).loadFashionMnistPart(part, options);
}

/**
 * Parses an IDX file, gzip or not.
 *
 * @param bytes the whole file; not changed. Where it is not gzip and its elements are bytes, `data` is a view of it.
 * @throws InvalidValueError with code `INVALID_FILE` where the file is truncated, corrupt, of another format, or longer
 * or shorter than its dimensions say; InvalidTypeError where `bytes` is something else.
 */
export async function parseIdx(bytes: Uint8Array | ArrayBuffer): Promise<IdxArray> {
	return (await readers()).parseIdx(bytes);
}
