/**
 * Reads safetensors, the format of tensors that PyTorch, numpy and others exchange: the length of the header as a
 * little-endian uint64, the header in JSON, padded with spaces to a multiple of 8 bytes, then the data, row-major and
 * little-endian. Source: https://huggingface.co/docs/safetensors/index#format
 */
import { show } from '../api/check.js';
import { InvalidValueError } from '../api/errors.js';
import { elementsOf, type FileBytes, fileError, isSizes, isWellFormed, toBytes } from './file.js';
import { floatDecoders } from './floats.js';
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

/** What a safetensors file holds. */
export interface Safetensors {
	/** By name, in the order of their data. */
	tensors: Record<string, StoredTensor>;
	/** Text by key; empty where the file has none. */
	metadata: Record<string, string>;
}

/** The limit of the reference implementation. */
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
 * Reads a safetensors file. The header is checked in full, and nothing is allocated for what it only claims.
 *
 * @param file the whole file; not changed, and kept in memory as long as a tensor of it.
 * @throws InvalidValueError with code `INVALID_FILE` where the file is truncated or corrupt: a header longer than the
 *   file, no JSON, a key twice, an unknown type, a shape that does not match its data, data that overlap, that lie
 *   outside of the file, or that no tensor uses. InvalidTypeError where `file` is something else.
 */
export function readSafetensors(file: FileBytes): Safetensors {
	const bytes = toBytes('file', file);
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
	if (bytes.length < 8) throw fileError('safetensors file', 'at least 8 bytes', `${bytes.length}`);
	const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
	const most = Math.min(MAX_HEADER_BYTES, bytes.length - 8);
	if (length > most) throw fileError(headerField, `at most ${most} bytes`, `a length of ${length}`);
	return Number(length);
}

function decodeHeader(bytes: Uint8Array): string {
	if (bytes[0] !== 0x7b) throw fileError(headerField, 'JSON that begins with {', 'something else');
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch (error) {
		throw Object.assign(fileError(headerField, 'UTF-8', 'bytes that are not'), { cause: error });
	}
}

function checkEntry(name: string, info: unknown): Entry {
	const fail = (expected: string, got: unknown) => fileError(`safetensors tensor ${show(name)}`, expected, show(got));
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
			throw fileError(`safetensors tensor ${show(name)}`, expected, `byte ${begin}`);
		}
		covered = end;
	}
	if (covered !== length) throw fileError('safetensors data', `${covered} bytes, as the header says`, `${length}`);
}

function checkMetadata(metadata: unknown): Record<string, string> {
	const fail = (expected: string, got: string) => fileError('safetensors __metadata__', expected, got);
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
