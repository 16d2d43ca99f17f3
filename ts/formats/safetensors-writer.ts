/** Writes safetensors; safetensors.ts describes the format. */
import { checkKeys, show } from '../api/check.js';
import { InvalidTypeError, InvalidValueError } from '../api/errors.js';
import { concatenate, elementsOf, floatsToBytes, isSizes, isWellFormed } from './file.js';

/** A tensor to be written. */
export interface Float32Tensor {
	dtype: 'F32';
	/** Its product is `data.length`; `[]` is the shape of a single number. */
	shape: readonly number[];
	/** In row-major order. */
	data: Float32Array;
}

/**
 * Writes a safetensors file. The same tensors and metadata give the same bytes, in whatever order they come: those of
 * the reference implementation, except that the metadata are sorted too.
 *
 * @param tensors by name.
 * @param metadata text by key.
 * @throws InvalidTypeError, InvalidValueError naming the tensor or the key at fault.
 */
export function writeSafetensors(
	tensors: Readonly<Record<string, Float32Tensor>>,
	metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
	// Joined by hand: JSON.stringify would put keys that look like numbers first.
	const members = metadata === undefined ? [] : [`"__metadata__":${metadataToJson(metadata)}`];
	const names = Object.keys(tensors).sort();
	let begin = 0;
	for (const name of names) {
		const { shape, data } = checkTensor(name, tensors[name]);
		const end = begin + data.length * 4;
		members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, end] })}`);
		begin = end;
	}
	const header = new TextEncoder().encode(`{${members.join(',')}}`);
	const padding = new Uint8Array(-header.length & 7).fill(0x20);
	const length = new Uint8Array(8);
	new DataView(length.buffer).setBigUint64(0, BigInt(header.length + padding.length), true);
	return concatenate([length, header, padding, ...names.map((name) => floatsToBytes(tensors[name].data))]);
}

function metadataToJson(metadata: Readonly<Record<string, string>>): string {
	const fail = (expected: string, got: unknown) =>
		new InvalidTypeError({ field: 'metadata', expected, got: show(got) });
	if (typeof metadata !== 'object' || metadata === null) throw fail('an object of strings', metadata);
	const members = Object.entries(metadata).map(([key, value]) => {
		if (typeof value !== 'string') throw fail(`a string for ${show(key)}`, value);
		if (!isWellFormed(key + value)) throw fail(`well-formed Unicode for ${show(key)}`, value);
		return [key, `${JSON.stringify(key)}:${JSON.stringify(value)}`];
	});
	members.sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${members.map(([, member]) => member).join(',')}}`;
}

function checkTensor(name: string, tensor: Float32Tensor): Float32Tensor {
	const field = `tensor ${show(name)}`;
	if (name === '__metadata__' || !isWellFormed(name)) {
		throw new InvalidValueError({ field, expected: 'another name, in well-formed Unicode', got: show(name) });
	}
	checkKeys(field, tensor, ['dtype', 'shape', 'data']);
	const { dtype, shape, data } = tensor;
	if (dtype !== 'F32') throw new InvalidValueError({ field, expected: 'dtype "F32"', got: show(dtype) });
	if (!(data instanceof Float32Array)) throw new InvalidTypeError({ field, expected: 'Float32Array', got: show(data) });
	if (!isSizes(shape) || elementsOf(shape) !== data.length) {
		throw new InvalidValueError({ field, expected: `a shape of ${data.length} elements`, got: show(shape) });
	}
	return tensor;
}
