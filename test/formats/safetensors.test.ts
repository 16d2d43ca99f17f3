import fc from 'fast-check';
import { type Float32Tensor, readSafetensors, writeSafetensors } from 'softmax-simd/formats';
import { describe, expect, it } from 'vitest';
import { untyped } from '../calls.js';
import { decodeBase64, failure, fixtures } from './fixtures.js';

const name = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.constantFrom('__proto__', 'constructor', '10', '2', 'weight', ''),
);

const tensor = fc
	.tuple(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), fc.infiniteStream(fc.float({ noNaN: true })))
	.map(([shape, numbers]): Float32Tensor => {
		const count = shape.reduce((product, size) => product * size, 1);
		return { dtype: 'F32', shape, data: Float32Array.from(Array.from(numbers.take(count))) };
	});

const tensorsByName = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 6 });
const metadataByName = fc.uniqueArray(fc.tuple(name, fc.string({ unit: 'binary' })), {
	selector: ([key]) => key,
	maxLength: 4,
});

/** A file with this header and so many bytes of zeros. */
function fileOf(header: string | object, dataLength = 0): Uint8Array {
	const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
	const file = new Uint8Array(8 + text.length + dataLength);
	new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
	file.set(text, 8);
	return file;
}

function changed(file: Uint8Array, position: number, byte: number): Uint8Array {
	const copy = file.slice();
	copy[position] = byte;
	return copy;
}

const entry = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = 'F32') => {
	return { dtype, shape, data_offsets: [begin, end] };
};

describe('safetensors', () => {
	it('come back as they were written', () => {
		fc.assert(
			fc.property(tensorsByName, metadataByName, (entries, texts) => {
				const { tensors, metadata } = readSafetensors(
					writeSafetensors(Object.fromEntries(entries), Object.fromEntries(texts)),
				);
				const read = Object.entries(tensors).map(([key, { dtype, shape, data }]) => [key, { dtype, shape, data }]);
				expect(new Map(read as [string, Float32Tensor][])).toEqual(new Map(entries));
				expect(new Map(Object.entries(metadata))).toEqual(new Map(texts));
			}),
		);
	});

	it('are the same bytes in whatever order they come, with the data at a multiple of 8', () => {
		fc.assert(
			fc.property(tensorsByName, metadataByName, (entries, texts) => {
				const file = writeSafetensors(Object.fromEntries(entries), Object.fromEntries(texts));
				const backwards = [entries, texts].map((list) => Object.fromEntries([...list].reverse()));
				expect(writeSafetensors(backwards[0], backwards[1])).toEqual(file);
				expect(new DataView(file.buffer).getBigUint64(0, true) % 8n).toBe(0n);
			}),
		);
	});

	it('read and write like the reference implementation', () => {
		const file = decodeBase64(fixtures.fromNumpy.file);
		const { tensors, metadata } = readSafetensors(file);
		expect(metadata).toEqual(fixtures.fromNumpy.metadata);
		const contents = Object.entries(tensors).map(([key, { shape, data }]) => [
			key,
			{ shape, values: Array.from(data) },
		]);
		const float32 = ({ shape, values }: { shape: number[]; values: number[] }) => ({
			shape,
			values: values.map(Math.fround),
		});
		const expected = Object.entries(fixtures.fromNumpy.tensors).map(([key, value]) => [key, float32(value)]);
		expect(Object.fromEntries(contents)).toEqual(Object.fromEntries(expected));
		const inputs = Object.entries(tensors).map(([key, { shape, data }]) => [key, { dtype: 'F32', shape, data }]);
		expect(writeSafetensors(Object.fromEntries(inputs), metadata)).toEqual(file);
	});

	it('of all floating-point types read as float32', () => {
		const { file, floats } = fixtures.tensorTypes;
		const { tensors, metadata } = readSafetensors(decodeBase64(file));
		const value = (text: string) => Number(text.replace('inf', 'Infinity'));
		for (const [key, { shape, values }] of Object.entries(floats)) {
			expect(tensors[key].shape, key).toEqual(shape);
			expect(Array.from(tensors[key].data), key).toEqual(values.map(value));
		}
		expect(metadata).toEqual({ format: 'pt' });
		expect(tensors.float64.data).toBe(tensors.float64.data);
	});

	it('of other types are listed, and refused when asked for', () => {
		const { file, others } = fixtures.tensorTypes;
		const { tensors } = readSafetensors(decodeBase64(file));
		expect(others.map((key) => tensors[key].dtype)).toEqual(['I64', 'BOOL', 'U8']);
		const error = failure(() => tensors.int64.data);
		expect(error).toMatchObject({ name: 'InvalidValueError', code: 'UNSUPPORTED', got: 'I64' });
	});

	it('read from an ArrayBuffer, and from the middle of one', () => {
		const file = writeSafetensors({ a: { dtype: 'F32', shape: [1], data: Float32Array.of(3) } });
		expect(readSafetensors(file.buffer).tensors.a.data[0]).toBe(3);
		const padded = Uint8Array.of(1, 2, 3, ...file);
		expect(readSafetensors(padded.subarray(3)).tensors.a.data[0]).toBe(3);
	});
});

describe('readSafetensors', () => {
	it.each([
		['an empty file', new Uint8Array(0), 'safetensors file'],
		['a header longer than the file', changed(fileOf('{}'), 0, 3), 'safetensors header'],
		['a header longer than any', changed(fileOf('{}'), 7, 0xff), 'safetensors header'],
		['no header', fileOf(''), 'safetensors header'],
		['a header that does not begin with {', fileOf(' {}'), 'safetensors header'],
		['a header that is not UTF-8', changed(fileOf('{"a":1}'), 10, 0xff), 'safetensors header'],
		['a header that is not JSON', fileOf('{a:1}'), 'safetensors header'],
		['a tensor twice', fileOf('{"a":1,"b":{},"\\u0061":2}'), 'safetensors header'],
		['a field twice', fileOf('{"a":{"dtype":"F32","dtype":"F32"}}'), 'safetensors header'],
		['endless nesting', fileOf(`{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`), 'safetensors header'],
		['a tensor that is not described', fileOf({ a: 1 }), 'safetensors tensor "a"'],
		['an unknown type', fileOf({ a: entry([1], 0, 4, 'F33') }, 4), 'safetensors tensor "a"'],
		['a type that is a method', fileOf({ a: entry([1], 0, 4, 'constructor') }, 4), 'safetensors tensor "a"'],
		['a negative size', fileOf({ a: entry([-1, -1], 0, 4) }, 4), 'safetensors tensor "a"'],
		['half a size', fileOf({ a: entry([0.5, 2], 0, 4) }, 4), 'safetensors tensor "a"'],
		['sizes beyond 2⁵³', fileOf({ a: entry([2 ** 52, 2 ** 52], 0, 4) }, 4), 'safetensors tensor "a"'],
		['sizes beyond 2⁵³ and none', fileOf({ a: entry([2 ** 52, 2 ** 52, 0], 0, 0) }), 'safetensors tensor "a"'],
		['a shape of more than the data', fileOf({ a: entry([2], 0, 4) }, 4), 'safetensors tensor "a"'],
		['offsets that go backwards', fileOf({ a: entry([1], 4, 0) }, 4), 'safetensors tensor "a"'],
		[
			'three offsets',
			fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 4] } }, 4),
			'safetensors tensor "a"',
		],
		['data that overlap', fileOf({ a: entry([2], 0, 8), b: entry([1], 4, 8) }, 8), 'safetensors tensor "b"'],
		['a hole', fileOf({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12), 'safetensors tensor "b"'],
		['data before the first tensor', fileOf({ a: entry([1], 4, 8) }, 8), 'safetensors tensor "a"'],
		['data outside of the file', fileOf({ a: entry([1], 0, 4) }, 3), 'safetensors data'],
		['data that no tensor uses', fileOf({ a: entry([1], 0, 4) }, 5), 'safetensors data'],
		['a type of 4 bits that ends within a byte', fileOf({ a: entry([3], 0, 1, 'F4') }, 1), 'safetensors tensor "a"'],
		['metadata that are not strings', fileOf({ __metadata__: { epoch: 3 } }), 'safetensors __metadata__'],
		['metadata that are a list', fileOf({ __metadata__: ['a'] }), 'safetensors __metadata__'],
		['half a surrogate pair', fileOf('{"__metadata__":{"a":"\\ud800"}}'), 'safetensors __metadata__'],
	])('refuses %s', (_, file, field) => {
		const error = failure(() => readSafetensors(file));
		expect(error).toMatchObject({ name: 'InvalidValueError', code: 'INVALID_FILE', field });
	});

	it('says what is wrong with a tensor', () => {
		const error = failure(() => readSafetensors(fileOf({ a: entry([2, 3], 0, 20) }, 20)));
		expect(error).toMatchObject({
			message: 'safetensors tensor "a": expected 24 bytes of F32 for [2, 3], got 20',
		});
	});
});

describe('writeSafetensors', () => {
	const data = new Float32Array(2);

	it.each([
		['a shape that is not the data’s', { a: { dtype: 'F32', shape: [3], data } }, 'tensor "a"'],
		['a shape that is no list', { a: { dtype: 'F32', shape: 2, data } }, 'tensor "a"'],
		['another type', { a: { dtype: 'F16', shape: [2], data } }, 'tensor "a"'],
		['data of another type', { a: { dtype: 'F32', shape: [2], data: [1, 2] } }, 'tensor "a"'],
		['the name of the metadata', { __metadata__: { dtype: 'F32', shape: [2], data } }, 'tensor "__metadata__"'],
		['half a surrogate pair', { '\ud800': { dtype: 'F32', shape: [2], data } }, 'tensor "\\ud800"'],
	])('refuses %s', (_, tensors, field) => {
		expect(failure(() => writeSafetensors(untyped(tensors)))).toMatchObject({ field });
	});

	it('refuses metadata that are not strings', () => {
		const error = failure(() => writeSafetensors({}, untyped({ epoch: 3 })));
		expect(error).toMatchObject({ name: 'InvalidTypeError', field: 'metadata', got: '3' });
	});
});
