/** Helpers that the readers and writers of files share. */
import { InvalidTypeError, InvalidValueError } from '../api/errors.js';

/** A whole file in memory. */
export type FileBytes = Uint8Array | ArrayBuffer;

/** Runs a check of a file's contents: an error for an argument becomes one with code INVALID_FILE. */
export function inFile<T>(check: () => T): T {
	try {
		return check();
	} catch (error) {
		if (!(error instanceof InvalidTypeError || error instanceof InvalidValueError)) throw error;
		if (error.code === 'INVALID_FILE' || error.code === 'UNSUPPORTED') throw error;
		const { field, expected, got, row } = error;
		const column = error instanceof InvalidValueError ? error.column : undefined;
		throw Object.assign(new InvalidValueError({ field, expected, got, row, column }, 'INVALID_FILE'), { cause: error });
	}
}

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
	let offset = 0;
	for (const chunk of chunks) {
		whole.set(chunk, offset);
		offset += chunk.length;
	}
	return whole;
}

/** Whether this machine stores numbers in little-endian order, as these files do. */
export const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Little-endian float32: on a little-endian machine a view of the values, which may be hundreds of megabytes. */
export function floatsToBytes(values: Float32Array): Uint8Array {
	if (isLittleEndian) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
	const bytes = new Uint8Array(values.byteLength);
	const view = new DataView(bytes.buffer);
	for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i], true);
	return bytes;
}

/** The number of elements of a shape, or undefined above 2⁵³ − 1. */
export function elementsOf(shape: readonly number[]): number | undefined {
	let elements = 1;
	for (const size of shape) {
		elements *= size;
		if (!Number.isSafeInteger(elements)) return undefined;
	}
	return elements;
}

/** Whether a value is an array of whole numbers, 0 or more: a shape, or offsets. */
export function isSizes(value: unknown): value is number[] {
	return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Whether UTF-8 can encode a text: it cannot encode half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
	return !/\p{Surrogate}/u.test(text);
}
