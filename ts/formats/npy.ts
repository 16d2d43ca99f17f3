/**
 * NPY, numpy's file of one array: a magic number, a version, the length of the header, the header as a Python literal,
 * then the elements. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { show } from '../api/check.js';
import { InvalidTypeError, InvalidValueError } from '../api/errors.js';
import { concatenate, elementsOf, type FileBytes, fileError, isLittleEndian, isSizes, toBytes } from './file.js';
import { encodeNpyHeader, MAX_DIMENSIONS, readNpyHeader } from './npy-header.js';

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

/** What an NPY file holds. */
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

/** As a double, or NaN where no double is exact. */
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
	const bytes = toBytes('file', file);
	const { descr, fortranOrder, shape, length } = readNpyHeader(bytes);
	const type = elementTypes.get(descr.slice(1));
	if (!type || !'<>|'.includes(descr[0]) || (type.bytes > 1 && descr[0] === '|')) {
		const expected = `one of ${[...elementTypes.keys()].join(', ')} with < or > before it`;
		throw new InvalidValueError({ field: 'npy descr', expected, got: show(descr) }, 'UNSUPPORTED');
	}
	const elements = elementsOf(shape) ?? Number.POSITIVE_INFINITY;
	if (elements * type.bytes !== bytes.length - length) {
		const expected = `${elements * type.bytes} bytes of ${descr} for [${shape.join(', ')}]`;
		throw fileError('npy data', expected, `${bytes.length - length}`);
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
	if (beyond >= 0) throw fileError(`npy data, element ${beyond}`, 'an integer within ± 2⁵³', 'a larger one');
	return data.every((value) => value === (value | 0)) ? Int32Array.from(data) : data;
}

/** Of typed arrays in memory; what Float32Array is called here depends on this machine's byte order. */
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
		throw new InvalidTypeError({ field: 'data', expected, got: show(data) });
	}
	if (!isSizes(shape) || shape.length > MAX_DIMENSIONS || elementsOf(shape) !== data.length) {
		throw new InvalidValueError({
			field: 'shape',
			expected: `${data.length} elements in at most ${MAX_DIMENSIONS} dimensions`,
			got: show(shape),
		});
	}
	const elements = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
	return concatenate([encodeNpyHeader(descr, shape), elements]);
}
