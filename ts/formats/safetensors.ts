/**
 * Safetensors, the format of tensors that PyTorch, numpy and others exchange: the length of the header as a
 * little-endian uint64, the header in JSON, padded with spaces to a multiple of 8 bytes, then the data, row-major and
 * little-endian. Source: https://huggingface.co/docs/safetensors/index#format
 */
import { badFile, checkBytes, checkKeys, show, wrongType, wrongValue } from '../api/check.js';
import { InvalidValueError } from '../api/errors.js';
import { concatenate, elementsOf, type FileBytes, floatsToBytes, isSizes, isWellFormed } from './file.js';
import { isObject, parseObject } from './json.js';

/** A tensor in a file. */
export interface StoredTensor {
	/** The format's name of the type, e.g. `F32`, `BF16`, `I64`. */
	readonly dtype: string;
	readonly shape: readonly number[];
	/**
	 * The elements in row-major order as float32, decoded when first asked for. F16 and BF16 are exact, F64 is rounded.
	 *
	 * @throws InvalidValueError with code `UNSUPPORTED` where the type is none of F16, BF16, F32 and F64.
	 */
	readonly data: Float32Array;
}

/** Contents of a safetensors file. */
export interface Safetensors {
	/** Tensors by name, in the order of their data. */
	tensors: Record<string, StoredTensor>;
	/** Strings by key; empty where the file has none. */
	metadata: Record<string, string>;
}

/** Limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

const headerField = 'safetensors header';

const dtypesByBits = {
	4: ['F4'],
	6: ['F6_E2M3', 'F6_E3M2'],
	8: ['BOOL', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ'],
	16: ['I16', 'U16', 'F16', 'BF16'],
	32: ['I32', 'U32', 'F32'],
	64: ['C64', 'F64', 'I64', 'U64'],
};

const bitsPerElement = new Map(
	Object.entries(dtypesByBits).flatMap(([bits, dtypes]) => dtypes.map((dtype) => [dtype, Number(bits)])),
);

/** A tensor's entry in the header, checked. */
interface Entry {
	name: string;
	dtype: string;
	shape: number[];
	/** Bytes from the start of the data. */
	begin: number;
	end: number;
}

/**
 * Reads a safetensors file. The whole header is checked before anything is allocated for the tensors that it announces.
 *
 * @param file the whole file; not changed. It stays in memory as long as one of its tensors.
 * @throws InvalidValueError with code `INVALID_FILE` where the file is truncated or corrupt: a header longer than the
 *   file, no JSON, a key twice, an unknown type, a shape that does not match its data, data that overlap, that lie
 *   outside of the file, or that no tensor uses. InvalidTypeError where `file` is something else.
 */
export function readSafetensors(file: FileBytes): Safetensors {
	const bytes = checkBytes('file', file);
	const start = 8 + readHeaderLength(bytes);
	const header = parseObject(headerField, decodeHeader(bytes.slice(8, start)));
	const data = bytes.subarray(start);
	const { __metadata__: metadata, ...infos } = header;
	const entries = Object.entries(infos).map(([name, info]) => checkEntry(name, info));
	entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
	checkCoverage(entries, data.length);
	return {
		// From entries: assigning to a key named __proto__ would not make a key.
		tensors: Object.fromEntries(entries.map((entry) => [entry.name, new TensorInFile(entry, data)])),
		metadata: checkMetadata(metadata ?? {}),
	};
}

function readHeaderLength(bytes: Uint8Array): number {
	if (bytes.length < 8) throw badFile('safetensors file', 'at least 8 bytes', `${bytes.length}`);
	const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
	const most = Math.min(MAX_HEADER_BYTES, bytes.length - 8);
	if (length > most) throw badFile(headerField, `at most ${most} bytes`, `a length of ${length}`);
	return Number(length);
}

function decodeHeader(bytes: Uint8Array): string {
	if (bytes[0] !== 0x7b) throw badFile(headerField, 'JSON that begins with {', 'something else');
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch (error) {
		throw Object.assign(badFile(headerField, 'UTF-8', 'bytes that are not'), { cause: error });
	}
}

function checkEntry(name: string, info: unknown): Entry {
	const fail = (expected: string, got: unknown) => badFile(`safetensors tensor ${show(name)}`, expected, show(got));
	if (!isWellFormed(name)) throw fail('a name in well-formed Unicode', name);
	if (!isObject(info)) throw fail('dtype, shape and data_offsets', info);
	const { dtype, shape, data_offsets: offsets } = info;
	const bits = typeof dtype === 'string' ? bitsPerElement.get(dtype) : undefined;
	if (bits === undefined) throw fail('a known dtype', dtype);
	if (!isSizes(shape)) throw fail('a shape of whole numbers', shape);
	if (!isSizes(offsets) || offsets.length !== 2) throw fail('two data_offsets', offsets);
	const [begin, end] = offsets;
	const length = (elementsOf(shape) ?? Number.NaN) * (bits / 8);
	if (end - begin !== length) throw fail(`${length} bytes of ${dtype} for ${show(shape)}`, end - begin);
	return { name, dtype: String(dtype), shape, begin, end };
}

function checkCoverage(entries: readonly Entry[], length: number): void {
	let covered = 0;
	for (const { name, begin, end } of entries) {
		if (begin !== covered) {
			const expected = `data from byte ${covered} on, where the tensor before it ends`;
			throw badFile(`safetensors tensor ${show(name)}`, expected, `byte ${begin}`);
		}
		covered = end;
	}
	if (covered !== length) throw badFile('safetensors data', `${covered} bytes, as the header says`, `${length}`);
}

function checkMetadata(metadata: unknown): Record<string, string> {
	const fail = (expected: string, got: string) => badFile('safetensors __metadata__', expected, got);
	if (!isObject(metadata)) throw fail('an object of strings', show(metadata));
	const texts: [string, string][] = [];
	for (const [key, value] of Object.entries(metadata)) {
		if (typeof value !== 'string') throw fail('strings only', `${show(value)} for ${show(key)}`);
		if (!isWellFormed(key + value)) throw fail('well-formed Unicode', `something else for ${show(key)}`);
		texts.push([key, value]);
	}
	return Object.fromEntries(texts);
}

class TensorInFile implements StoredTensor {
	readonly dtype: string;
	readonly shape: readonly number[];
	readonly #name: string;
	readonly #bytes: Uint8Array;
	#data: Float32Array | undefined;

	constructor({ name, dtype, shape, begin, end }: Entry, data: Uint8Array) {
		this.dtype = dtype;
		this.shape = shape;
		this.#name = name;
		this.#bytes = data.subarray(begin, end);
	}

	get data(): Float32Array {
		this.#data ??= this.#decode();
		return this.#data;
	}

	#decode(): Float32Array {
		const decode = floatDecoders.get(this.dtype);
		if (!decode) {
			const details = { expected: `one of ${[...floatDecoders.keys()].join(', ')}`, got: this.dtype };
			throw new InvalidValueError({ field: `safetensors tensor ${show(this.#name)}`, ...details }, 'UNSUPPORTED');
		}
		const { buffer, byteOffset, length } = this.#bytes;
		return decode(new DataView(buffer, byteOffset, length), elementsOf(this.shape) ?? 0);
	}
}

/** Decodes little-endian elements; `count` of them fill `bytes`. */
type Decoder = (bytes: DataView, count: number) => Float32Array;

/** By the name that safetensors gives the type. float64 is rounded to the nearest float32, the others are exact. */
const floatDecoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
	['F32', (bytes, count) => fill(count, (i) => bytes.getFloat32(i * 4, true))],
	['F64', (bytes, count) => fill(count, (i) => bytes.getFloat64(i * 8, true))],
	['F16', (bytes, count) => fill(count, (i) => halfToNumber(bytes.getUint16(i * 2, true)))],
	['BF16', decodeBrainFloats],
]);

function fill(count: number, read: (index: number) => number): Float32Array {
	const values = new Float32Array(count);
	for (let i = 0; i < count; i++) values[i] = read(i);
	return values;
}

/** IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction. */
function halfToNumber(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 0x1f;
	const fraction = bits & 0x3ff;
	if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
	if (exponent === 0) return sign * fraction * 2 ** -24;
	return sign * (fraction + 0x400) * 2 ** (exponent - 25);
}

/** bfloat16 is the upper half of a float32. */
function decodeBrainFloats(bytes: DataView, count: number): Float32Array {
	const values = new Float32Array(count);
	const bits = new Uint32Array(values.buffer);
	for (let i = 0; i < count; i++) bits[i] = bytes.getUint16(i * 2, true) << 16;
	return values;
}

/** A tensor to be written. */
export interface Float32Tensor {
	dtype: 'F32';
	/** Its product is `data.length`; `[]` is the shape of a single number. */
	shape: readonly number[];
	/** In row-major order. */
	data: Float32Array;
}

/**
 * Writes a safetensors file. The bytes do not depend on the order of tensors and metadata. They are those of the reference
 * implementation, except that metadata are sorted too.
 *
 * @param tensors by name.
 * @param metadata text by key.
 * @throws InvalidTypeError, InvalidValueError naming the wrong tensor or key.
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
	const fail = (expected: string, got: unknown) => wrongType('metadata', expected, got);
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
		throw wrongValue(field, 'another name, in well-formed Unicode', name);
	}
	checkKeys(field, tensor, ['dtype', 'shape', 'data']);
	const { dtype, shape, data } = tensor;
	if (dtype !== 'F32') throw wrongValue(field, 'dtype "F32"', dtype);
	if (!(data instanceof Float32Array)) throw wrongType(field, 'Float32Array', data);
	if (!isSizes(shape) || elementsOf(shape) !== data.length) {
		throw wrongValue(field, `a shape of ${data.length} elements`, shape);
	}
	return tensor;
}
