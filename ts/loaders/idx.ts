/**
 * IDX, the format of MNIST and its relatives: two zero bytes, one byte for the type of the elements, one for the number
 * of dimensions, every dimension as a big-endian uint32, then the elements in row-major order, big-endian.
 */
import { gunzip, inflate } from '#read';
import { badFile, checkBytes } from '../api/check.js';
import { InvalidValueError } from '../api/errors.js';
import { type ByteSource, collect, sourceOf } from './chunks.js';

/** Elements of an IDX file, in the byte order of this machine. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Contents of an IDX file. */
export interface IdxArray {
	/** Its product is `data.length`. */
	shape: number[];
	/** In row-major order. */
	data: IdxData;
}

interface ElementType {
	bytes: number;
	/** `raw` starts at a multiple of `bytes` and may be overwritten where `bytes` is more than 1. */
	decode(raw: Uint8Array): IdxData;
}

interface Header {
	shape: number[];
	type: ElementType;
	/** Bytes of the header itself. */
	length: number;
	/** Bytes of the elements. */
	dataLength: number;
}

/** Bytes of the longest header: type and number of dimensions, then 255 dimensions, the most that one byte can count. */
const longestHeader = 4 + 4 * 255;

/** The largest ratio by which deflate expands: 258 bytes from two bits. */
const largestExpansion = 1032;

const elementTypes: Record<number, ElementType> = {
	8: { bytes: 1, decode: (raw) => raw },
	9: { bytes: 1, decode: ({ buffer, byteOffset, length }) => new Int8Array(buffer, byteOffset, length) },
	11: {
		bytes: 2,
		decode: ({ buffer, byteOffset, length }) =>
			fromBigEndian(new Int16Array(buffer, byteOffset, length / 2), 'getInt16'),
	},
	12: {
		bytes: 4,
		decode: ({ buffer, byteOffset, length }) =>
			fromBigEndian(new Int32Array(buffer, byteOffset, length / 4), 'getInt32'),
	},
	13: {
		bytes: 4,
		decode: ({ buffer, byteOffset, length }) =>
			fromBigEndian(new Float32Array(buffer, byteOffset, length / 4), 'getFloat32'),
	},
	14: {
		bytes: 8,
		decode: ({ buffer, byteOffset, length }) =>
			fromBigEndian(new Float64Array(buffer, byteOffset, length / 8), 'getFloat64'),
	},
};

/** Converts in place: element i is written over the bytes that it was read from. */
function fromBigEndian<T extends Exclude<IdxData, Uint8Array | Int8Array>>(
	elements: T,
	read: 'getInt16' | 'getInt32' | 'getFloat32' | 'getFloat64',
): T {
	const view = new DataView(elements.buffer, elements.byteOffset, elements.byteLength);
	for (let i = 0; i < elements.length; i++) elements[i] = view[read](i * elements.BYTES_PER_ELEMENT);
	return elements;
}

function isGzip(bytes: Uint8Array): boolean {
	return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Length of the header in bytes, from its first four bytes. */
function headerLength(bytes: Uint8Array, name: string): number {
	const [zero, alsoZero, type, rank] = bytes;
	if (bytes.length < 4 || zero !== 0 || alsoZero !== 0 || !(type in elementTypes)) {
		const came = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
		throw badFile(`${name} magic`, '00 00 and a type of 08, 09, 0b, 0c, 0d or 0e', came || 'an empty file');
	}
	if (rank === 0) throw badFile(`${name} dimensions`, 'at least one', 'none');
	return 4 + 4 * rank;
}

/** Reads the header at the start of `bytes`. Allocates nothing for the elements that it announces. */
function readHeader(bytes: Uint8Array, name: string): Header {
	const length = headerLength(bytes, name);
	if (bytes.length < length) {
		throw badFile(`${name} dimensions`, `a header of ${length} bytes`, `a file of ${bytes.length}`);
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset, length);
	const shape = Array.from({ length: bytes[3] }, (_, axis) => view.getUint32(4 + 4 * axis));
	const type = elementTypes[bytes[2]];
	const dataLength = shape.reduce((product, size) => product * size, type.bytes);
	if (shape.includes(0)) throw badFile(`${name} dimensions`, 'none of them 0', shape.join(' × '));
	if (!Number.isSafeInteger(dataLength)) {
		throw badFile(`${name} dimensions`, 'a product below 2⁵³ bytes', shape.join(' × '));
	}
	return { shape, type, length, dataLength };
}

function sizeError({ shape, dataLength }: Header, name: string, got: string): InvalidValueError {
	return badFile(`${name} data`, `${dataLength} bytes for ${shape.join(' × ')}`, got);
}

function checkPlainLength(header: Header, length: number, name: string): void {
	if (length !== header.length + header.dataLength) throw sizeError(header, name, String(length - header.length));
}

/** Refuses a header that announces more elements than the file can hold, before they are allocated. */
function checkGzipLength(header: Header, length: number, name: string): void {
	if (header.dataLength > length * largestExpansion) {
		throw sizeError(header, name, `a gzip file of ${length} bytes, too few for that`);
	}
}

/** Reads the bytes that the header announces; fewer or more are an error. */
async function readAll(
	header: Header,
	{ chunks }: ByteSource,
	name: string,
	read: typeof inflate,
): Promise<Uint8Array> {
	const size = header.length + header.dataLength;
	const { bytes, isMore } = await read(chunks(), size).catch((error: unknown) => {
		if (!(error instanceof RangeError)) throw error;
		throw Object.assign(sizeError(header, name, 'more than there is memory for'), { cause: error });
	});
	if (isMore) throw sizeError(header, name, 'more');
	if (bytes.length < size) throw sizeError(header, name, `${bytes.length - header.length}, where the file ends`);
	return bytes;
}

/** The elements of a file: a view of it where their type's alignment allows, else a copy. */
function decode({ shape, type, length }: Header, file: Uint8Array): IdxArray {
	const elements = file.subarray(length);
	return { shape, data: type.decode(elements.byteOffset % type.bytes === 0 ? elements : elements.slice()) };
}

/**
 * Reads an IDX file, gzip or not, into one array, and returns a view of it. Stops at the first byte beyond its data.
 *
 * It reads the source from its start three times: to see whether it is gzip, for its header, and as a whole into an array of
 * the size that the header gives.
 *
 * @param name begins the field of every error.
 * @throws InvalidValueError with code `INVALID_FILE`.
 */
export async function readIdx(source: ByteSource, name = 'idx'): Promise<IdxArray> {
	const isPacked = isGzip((await collect(source.chunks(), 2)).bytes);
	try {
		const start = await collect(isPacked ? gunzip(source.chunks()) : source.chunks(), longestHeader);
		const header = readHeader(start.bytes, name);
		(isPacked ? checkGzipLength : checkPlainLength)(header, source.length, name);
		return decode(header, await readAll(header, source, name, isPacked ? inflate : collect));
	} catch (error) {
		if (!isPacked || error instanceof InvalidValueError) throw error;
		const got = error instanceof Error ? error.message : String(error);
		throw Object.assign(badFile(`${name} gzip`, 'an intact gzip file', got), { cause: error });
	}
}

/**
 * Parses an IDX file, gzip or not.
 *
 * @param bytes the whole file; not changed. Where it is not gzip and its elements are bytes, `data` is a view of it.
 * @throws InvalidValueError with code `INVALID_FILE` where the file is truncated, corrupt, of another format, or longer
 * or shorter than its dimensions say; InvalidTypeError where `bytes` is something else.
 */
export async function parseIdx(bytes: Uint8Array | ArrayBuffer): Promise<IdxArray> {
	const file = checkBytes('bytes', bytes);
	if (isGzip(file)) return readIdx(sourceOf(file));
	const header = readHeader(file, 'idx');
	checkPlainLength(header, file.length, 'idx');
	const elements = file.subarray(header.length);
	return { shape: header.shape, data: header.type.decode(header.type.bytes > 1 ? elements.slice() : elements) };
}
