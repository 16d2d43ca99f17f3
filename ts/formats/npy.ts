/**
 * NPY, numpy's file of one array: a magic number, a version, the length of the header, the header as a Python literal,
 * then the elements. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { badFile, checkBytes, show, wrongType } from '../api/check.js';
import { InvalidValueError } from '../api/errors.js';
import { concatenate, elementsOf, type FileBytes, isLittleEndian, isSizes } from './file.js';

/** Elements of an NPY file. */
export type NpyData =
	| Uint8Array
	| Int8Array
	| Uint16Array
	| Int16Array
	| Uint32Array
	| Int32Array
	| Float32Array
	| Float64Array;

/** Contents of an NPY file. */
export interface NpyArray {
	/** Its product is `data.length`; `[]` is the shape of a single number. */
	shape: number[];
	/** In row-major order, whatever the order in the file. */
	data: NpyData;
}

interface ElementType {
	bytes: number;
	allocate(length: number): NpyData;
	read(view: DataView, offset: number, littleEndian: boolean): number;
}

const elementTypes = new Map<string, ElementType>([
	['u1', { bytes: 1, allocate: (length) => new Uint8Array(length), read: (view, at) => view.getUint8(at) }],
	['i1', { bytes: 1, allocate: (length) => new Int8Array(length), read: (view, at) => view.getInt8(at) }],
	['u2', { bytes: 2, allocate: (length) => new Uint16Array(length), read: (view, at, le) => view.getUint16(at, le) }],
	['i2', { bytes: 2, allocate: (length) => new Int16Array(length), read: (view, at, le) => view.getInt16(at, le) }],
	['u4', { bytes: 4, allocate: (length) => new Uint32Array(length), read: (view, at, le) => view.getUint32(at, le) }],
	['i4', { bytes: 4, allocate: (length) => new Int32Array(length), read: (view, at, le) => view.getInt32(at, le) }],
	['f4', { bytes: 4, allocate: (length) => new Float32Array(length), read: (view, at, le) => view.getFloat32(at, le) }],
	['f8', { bytes: 8, allocate: (length) => new Float64Array(length), read: (view, at, le) => view.getFloat64(at, le) }],
	['i8', { bytes: 8, allocate: (length) => new Float64Array(length), read: readInt64 }],
]);

/** As a double, or NaN beyond ± 2⁵³, where doubles are not exact. */
function readInt64(view: DataView, offset: number, littleEndian: boolean): number {
	const value = Number(view.getBigInt64(offset, littleEndian));
	return Number.isSafeInteger(value) ? value : Number.NaN;
}

/**
 * Reads an NPY file: versions 1 to 3, C or Fortran order, either byte order, elements that are int8 to int64, uint8 to
 * uint32, float32 or float64. int64, numpy's default for integers, becomes Int32Array where every element fits, else
 * Float64Array.
 *
 * @param file the whole file; not changed.
 * @throws InvalidValueError with code `INVALID_FILE` where the file is truncated, longer than its header says, corrupt,
 *   or an int64 is beyond ± 2⁵³; with code `UNSUPPORTED` where it holds other elements. InvalidTypeError where `file` is
 *   something else.
 */
export function readNpy(file: FileBytes): NpyArray {
	const bytes = checkBytes('file', file);
	const { descr, fortranOrder, shape, length } = readHeader(bytes);
	const type = elementTypes.get(descr.slice(1));
	if (!type || !'<>|'.includes(descr[0]) || (type.bytes > 1 && descr[0] === '|')) {
		const expected = `one of ${[...elementTypes.keys()].join(', ')} with < or > before it`;
		throw new InvalidValueError({ field: 'npy descr', expected, got: show(descr) }, 'UNSUPPORTED');
	}
	const elements = elementsOf(shape) ?? Number.POSITIVE_INFINITY;
	if (elements * type.bytes !== bytes.length - length) {
		const expected = `${elements * type.bytes} bytes of ${descr} for [${shape.join(', ')}]`;
		throw badFile('npy data', expected, `${bytes.length - length}`);
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset + length, bytes.length - length);
	const stored = readElements(view, type, elements, descr[0] !== '>');
	const data = fortranOrder && shape.length > 1 ? toRowMajor(stored, shape, type) : stored;
	return { shape, data: descr.endsWith('i8') ? toIntegers(data) : data };
}

function readElements(view: DataView, type: ElementType, count: number, littleEndian: boolean): NpyData {
	const data = type.allocate(count);
	for (let i = 0; i < count; i++) data[i] = type.read(view, i * type.bytes, littleEndian);
	return data;
}

/** In Fortran order the first index runs fastest. */
function toRowMajor(stored: NpyData, shape: readonly number[], type: ElementType): NpyData {
	const data = type.allocate(stored.length);
	const index = shape.map(() => 0);
	const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
	let from = 0;
	for (let to = 0; to < data.length; to++) {
		data[to] = stored[from];
		for (let axis = shape.length - 1; axis >= 0; axis--) {
			from += strides[axis];
			if (++index[axis] < shape[axis]) break;
			from -= strides[axis] * shape[axis];
			index[axis] = 0;
		}
	}
	return data;
}

function toIntegers(data: NpyData): NpyData {
	const beyond = data.findIndex((value) => Number.isNaN(value));
	if (beyond >= 0) throw badFile(`npy data, element ${beyond}`, 'an integer within ± 2⁵³', 'a larger one');
	return data.every((value) => value === (value | 0)) ? Int32Array.from(data) : data;
}

/** numpy's names of typed arrays in memory; the byte order is that of this machine. */
const byteOrder = isLittleEndian ? '<' : '>';
const descriptors = new Map([
	['Uint8Array', '|u1'],
	['Uint8ClampedArray', '|u1'],
	['Int8Array', '|i1'],
	['Uint16Array', `${byteOrder}u2`],
	['Int16Array', `${byteOrder}i2`],
	['Uint32Array', `${byteOrder}u4`],
	['Int32Array', `${byteOrder}i4`],
	['Float32Array', `${byteOrder}f4`],
	['Float64Array', `${byteOrder}f8`],
]);

/**
 * Writes an NPY file (version 1.0, C order): the bytes that `numpy.save` writes.
 *
 * @param data in row-major order.
 * @param shape its product is `data.length`. Default: one dimension.
 * @throws InvalidTypeError, InvalidValueError naming the argument at fault.
 */
export function writeNpy(
	data: NpyData | Uint8ClampedArray,
	shape: readonly number[] = [data.length],
): Uint8Array<ArrayBuffer> {
	const descr = ArrayBuffer.isView(data) ? descriptors.get(data[Symbol.toStringTag]) : undefined;
	if (descr === undefined) {
		const expected = `one of ${[...descriptors.keys()].join(', ')}`;
		throw wrongType('data', expected, data);
	}
	if (!isSizes(shape) || shape.length > MAX_DIMENSIONS || elementsOf(shape) !== data.length) {
		throw new InvalidValueError({
			field: 'shape',
			expected: `${data.length} elements in at most ${MAX_DIMENSIONS} dimensions`,
			got: show(shape),
		});
	}
	const elements = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
	return concatenate([encodeHeader(descr, shape), elements]);
}

/** A Python dictionary of `descr`, `fortran_order` and `shape`. */
interface NpyHeader {
	/** Byte order and type of the elements, e.g. `<f4`. */
	descr: string;
	fortranOrder: boolean;
	shape: number[];
	/** Bytes from the start of the file to the first element. */
	length: number;
}

const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** The limit of numpy.load for files that it is not told to trust. */
const MAX_HEADER_CHARACTERS = 10_000;

/** numpy leaves room for this many digits, so that the first dimension can be overwritten in place. */
const GROWTH_DIGITS = 21;

/** numpy's limit. */
const MAX_DIMENSIONS = 64;

const ALIGNMENT = 64;

/** A key, then a string, a boolean or a tuple, then a comma or the end. */
const member =
	/\s*(['"])(?<key>\w+)\1\s*:\s*(?:(['"])(?<text>[^'"\\]*)\3|(?<boolean>True|False)|\((?<tuple>[\d\s,L]*)\))\s*(?:,|$)/y;

/** The inside of a tuple's parentheses, where one element needs a comma after it. Python 2 wrote 3L for some integers. */
const tupleOfSizes = /^(?:\d+L?\s*,\s*(?:\d+L?\s*(?:,\s*\d+L?\s*)*,?)?)?$/;

/** @throws InvalidValueError with code `INVALID_FILE`, or `UNSUPPORTED` for elements that are structures. */
function readHeader(bytes: Uint8Array): NpyHeader {
	const { text, length } = readHeaderText(bytes);
	const fail = (expected: string, got: string) => badFile('npy header', expected, got);
	const literal = text.trim();
	if (!literal.startsWith('{') || !literal.endsWith('}')) throw fail('a Python dictionary', show(text));
	const { descr, fortran_order: fortranOrder, shape } = readMembers(literal.slice(1, -1).trim());
	if (descr === undefined || fortranOrder === undefined || shape === undefined) {
		throw fail('descr, fortran_order and shape', show(text));
	}
	if (fortranOrder.boolean === undefined) throw fail('fortran_order True or False', show(text));
	if (descr.text === undefined) throw fail('descr in quotes', show(text));
	return {
		descr: descr.text,
		fortranOrder: fortranOrder.boolean === 'True',
		shape: readShape(shape.tuple),
		length,
	};
}

function readHeaderText(bytes: Uint8Array): { text: string; length: number } {
	if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
		throw badFile('npy magic', '93 4e 55 4d 50 59 and a version', 'something else');
	}
	const [major, minor] = bytes.subarray(6);
	if (major < 1 || major > 3 || minor !== 0) throw badFile('npy version', '1.0, 2.0 or 3.0', `${major}.${minor}`);
	const start = major === 1 ? 10 : 12;
	if (bytes.length < start) throw badFile('npy header', `at least ${start} bytes`, `a file of ${bytes.length}`);
	const view = new DataView(bytes.buffer, bytes.byteOffset);
	const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
	const most = Math.min(bytes.length - start, MAX_HEADER_CHARACTERS);
	if (headerLength > most) throw badFile('npy header', `at most ${most} bytes`, `a length of ${headerLength}`);
	const length = start + headerLength;
	// A header that this reader accepts is ASCII: other characters occur only in the field names of structures.
	return { text: String.fromCharCode(...bytes.slice(start, length)), length };
}

/** The value of a key, in one of three forms. */
type Member = Partial<Record<'text' | 'boolean' | 'tuple', string>>;

function readMembers(text: string): Record<string, Member | undefined> {
	const members = new Map<string, Member>();
	member.lastIndex = 0;
	while (member.lastIndex < text.length) {
		const start = member.lastIndex;
		const { key = '', ...value } = member.exec(text)?.groups ?? {};
		if (key === '') throw unreadable(text.slice(start));
		if (!['descr', 'fortran_order', 'shape'].includes(key) || members.has(key)) {
			throw badFile('npy header', 'descr, fortran_order and shape, once each', show(key));
		}
		members.set(key, value);
	}
	return Object.fromEntries(members);
}

/** numpy describes structures, which this reader does not support, by a list; anything else is damage. */
function unreadable(rest: string): InvalidValueError {
	const code = /^\s*['"]descr['"]\s*:\s*\[/.test(rest) ? 'UNSUPPORTED' : 'INVALID_FILE';
	return new InvalidValueError(
		{ field: 'npy header', expected: 'a string, a boolean or a tuple', got: show(rest) },
		code,
	);
}

function readShape(tuple: string | undefined): number[] {
	const isTuple = tuple !== undefined && tupleOfSizes.test(tuple.trim());
	const shape = (isTuple && tuple.match(/\d+/g)?.map(Number)) || [];
	if (isTuple && elementsOf(shape) !== undefined) return shape;
	throw badFile('npy shape', 'a tuple of sizes', show(tuple));
}

/** @param shape whole numbers, at most `MAX_DIMENSIONS` of them. */
function encodeHeader(descr: string, shape: readonly number[]): Uint8Array {
	const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
	const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
	const growth = shape.length > 0 ? ' '.repeat(GROWTH_DIGITS - String(shape[0]).length) : '';
	const text = `${dictionary}${growth}`;
	// Like numpy, a whole line of padding where none is needed.
	const length = (Math.floor((10 + text.length + 1) / ALIGNMENT) + 1) * ALIGNMENT - 10;
	const prefix = new Uint8Array(10);
	prefix.set(MAGIC);
	prefix[6] = 1;
	new DataView(prefix.buffer).setUint16(8, length, true);
	return concatenate([prefix, new TextEncoder().encode(`${text.padEnd(length - 1)}\n`)]);
}
