import fc from 'fast-check';
import { type NpyData, readNpy, writeNpy } from 'softmax-simd/formats';
import { describe, expect, it } from 'vitest';
import { untyped } from '../calls.js';
import { decodeBase64, failure, fixtures } from './fixtures.js';

const arrays = fc
	.tuple(
		fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }),
		fc.constantFrom(
			Uint8Array,
			Int8Array,
			Uint16Array,
			Int16Array,
			Uint32Array,
			Int32Array,
			Float32Array,
			Float64Array,
		),
		fc.infiniteStream(fc.double()),
	)
	.map(([shape, Type, numbers]) => {
		const count = shape.reduce((product, size) => product * size, 1);
		return { shape, data: Type.from(Array.from(numbers.take(count))) as NpyData };
	});

/** A version 1.0 file with this header. */
function fileOf(header: string, data = new Uint8Array(8)): Uint8Array {
	const text = new TextEncoder().encode(header);
	return Uint8Array.of(0x93, ...Buffer.from('NUMPY'), 1, 0, text.length & 255, text.length >> 8, ...text, ...data);
}

function changed(file: Uint8Array, position: number, byte: number): Uint8Array {
	const copy = file.slice();
	copy[position] = byte;
	return copy;
}

const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";

describe('readNpy', () => {
	it.each(fixtures.npy.map(({ name, ...rest }) => [name, rest] as const))('reads what numpy wrote: %s', (_, npy) => {
		const { shape, data } = readNpy(decodeBase64(npy.file));
		expect({ shape, values: Array.from(data) }).toEqual({ shape: npy.shape, values: npy.values });
	});

	it('keeps the type, and makes int64 an Int32Array where all fit', () => {
		const typeOf = (name: string) => {
			const { file } = fixtures.npy.find((npy) => npy.name === name)!;
			return readNpy(decodeBase64(file)).data.constructor;
		};
		expect(typeOf('uint8')).toBe(Uint8Array);
		expect(typeOf('int16 big-endian')).toBe(Int16Array);
		expect(typeOf('float32 big-endian')).toBe(Float32Array);
		expect(typeOf('float64')).toBe(Float64Array);
		expect(typeOf('int64')).toBe(Int32Array);
		expect(typeOf('int64 beyond int32')).toBe(Float64Array);
	});

	it('takes an ArrayBuffer and a Buffer, and changes neither', () => {
		const file = decodeBase64(fixtures.npy[0].file);
		const expected = readNpy(file.slice());
		expect(readNpy(file.buffer)).toEqual(expected);
		expect(readNpy(Buffer.from(file))).toEqual(expected);
		expect(file).toEqual(decodeBase64(fixtures.npy[0].file));
	});

	it.each(Object.entries(fixtures.npyUnsupported))('refuses %s as unsupported', (_, file) => {
		const error = failure(() => readNpy(decodeBase64(file)));
		expect(error).toMatchObject({ name: 'InvalidValueError', code: 'UNSUPPORTED' });
	});

	it('refuses an int64 that no double holds', () => {
		const data = new Uint8Array(16).fill(0x7f, 8);
		const error = failure(() => readNpy(fileOf(good.replace('<f4', '<i8'), data)));
		expect(error).toMatchObject({ code: 'INVALID_FILE', field: 'npy data, element 1' });
	});

	it('reads a header with other quotes, order and spaces', () => {
		const header = '{"shape":( 2L ,1 ),\n"fortran_order":True,"descr":"<f4"}';
		expect(readNpy(fileOf(header))).toEqual({ shape: [2, 1], data: new Float32Array(2) });
	});

	it.each([
		['an empty file', new Uint8Array(0), 'npy magic'],
		['another format', new Uint8Array(100), 'npy magic'],
		['an unknown version', changed(fileOf(good), 6, 9), 'npy version'],
		['a header longer than the file', changed(fileOf(good), 9, 0x10), 'npy header'],
		['a header that is no dictionary', fileOf('[1, 2]'), 'npy header'],
		['a header that is an expression', fileOf(good.replace('(2,)', '(1+1,)')), 'npy header'],
		['a missing key', fileOf("{'descr': '<f4', 'shape': (2,)}"), 'npy header'],
		['a repeated key', fileOf(good.replace("'fortran_order': False", "'shape': (2,)")), 'npy header'],
		['an unknown key', fileOf(good.replace('}', "'x': True}")), 'npy header'],
		['a shape that is a number in brackets', fileOf(good.replace('(2,)', '(2)')), 'npy shape'],
		['a shape beyond 2⁵³', fileOf(good.replace('(2,)', '(9000000000, 9000000000)')), 'npy shape'],
		['a shape of more than the data', fileOf(good.replace('(2,)', '(3,)')), 'npy data'],
		['a shape of less than the data', fileOf(good.replace('(2,)', '(1,)')), 'npy data'],
		['an order that is not a boolean', fileOf(good.replace('False', "'C'")), 'npy header'],
	])('refuses %s', (_, file, field) => {
		expect(failure(() => readNpy(file))).toMatchObject({ name: 'InvalidValueError', code: 'INVALID_FILE', field });
	});

	it('refuses other arguments', () => {
		const error = failure(() => readNpy(untyped('weights.npy')));
		expect(error).toMatchObject({ name: 'InvalidTypeError', field: 'file', got: '"weights.npy"' });
	});
});

describe('writeNpy', () => {
	it('writes what readNpy reads', () => {
		fc.assert(
			fc.property(arrays, ({ shape, data }) => {
				expect(readNpy(writeNpy(data, shape))).toEqual({ shape, data });
			}),
		);
	});

	it.each(['uint8', 'uint16', 'int32', 'float32', 'float64', 'one dimension', 'a single number', 'nothing'])(
		'writes the bytes that numpy writes: %s',
		(name) => {
			const file = decodeBase64(fixtures.npy.find((npy) => npy.name === name)!.file);
			const { shape, data } = readNpy(file);
			expect(writeNpy(data, shape)).toEqual(file);
		},
	);

	it('makes one dimension of data without a shape', () => {
		expect(readNpy(writeNpy(Float32Array.of(1, 2))).shape).toEqual([2]);
	});

	it('refuses a shape that is not the data’s, and data that no NPY file holds', () => {
		expect(failure(() => writeNpy(new Float32Array(4), [3]))).toMatchObject({ field: 'shape', code: 'INVALID_VALUE' });
		expect(failure(() => writeNpy(untyped([1, 2])))).toMatchObject({ field: 'data', code: 'INVALID_TYPE' });
	});
});
