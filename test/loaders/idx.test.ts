import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidTypeError, InvalidValueError } from '../../ts/api/errors.js';
import { type IdxArray, type IdxData, parseIdx, readIdx } from '../../ts/loaders/idx.js';
import * as browser from '../../ts/loaders/read.browser.js';
import * as node from '../../ts/loaders/read.node.js';
import { untyped } from '../calls.js';

const types = {
	Uint8Array: { code: 0x08, array: Uint8Array, set: 'setUint8' },
	Int8Array: { code: 0x09, array: Int8Array, set: 'setInt8' },
	Int16Array: { code: 0x0b, array: Int16Array, set: 'setInt16' },
	Int32Array: { code: 0x0c, array: Int32Array, set: 'setInt32' },
	Float32Array: { code: 0x0d, array: Float32Array, set: 'setFloat32' },
	Float64Array: { code: 0x0e, array: Float64Array, set: 'setFloat64' },
} as const;

type TypeName = keyof typeof types;

function header(code: number, shape: number[]): number[] {
	return [0, 0, code, shape.length, ...shape.flatMap((size) => [size >>> 24, size >>> 16, size >>> 8, size & 255])];
}

function idxFile(shape: number[], data: IdxData): Uint8Array {
	const { code, set } = types[data.constructor.name as TypeName];
	const start = header(code, shape);
	const file = new Uint8Array(start.length + data.byteLength);
	file.set(start);
	const view = new DataView(file.buffer, start.length);
	data.forEach((element, i) => {
		view[set](i * data.BYTES_PER_ELEMENT, element);
	});
	return file;
}

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

const files = fc
	.tuple(fc.constantFrom(...(Object.keys(types) as TypeName[])), shapes, fc.infiniteStream(fc.double()))
	.map(([name, shape, numbers]) => {
		const count = shape.reduce((product, size) => product * size, 1);
		const elements = Array.from(numbers.take(count), (number) => (name.startsWith('F') ? number : number % 2 ** 31));
		const data = new types[name].array(elements);
		return { shape, data, bytes: idxFile(shape, data) };
	});

async function failure(bytes: Uint8Array): Promise<InvalidValueError> {
	const error = await parseIdx(bytes).then(
		() => expect.unreachable('parsed'),
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(InvalidValueError);
	expect(error).toMatchObject({ code: 'INVALID_FILE' });
	return error as InvalidValueError;
}

describe('parseIdx', () => {
	it('reads every type and shape back, plain and gzip', async () => {
		await fc.assert(
			fc.asyncProperty(files, fc.boolean(), async ({ shape, data, bytes }, gzip) => {
				expect(await parseIdx(gzip ? gzipSync(bytes) : bytes)).toEqual({ shape, data });
			}),
		);
	});

	it('decodes big-endian numbers of known bytes', async () => {
		const int16 = Uint8Array.of(...header(0x0b, [2]), 0x01, 0x02, 0xff, 0xfe);
		expect((await parseIdx(int16)).data).toEqual(Int16Array.of(258, -2));
		const float32 = Uint8Array.of(...header(0x0d, [1]), 0x3f, 0xc0, 0, 0);
		expect((await parseIdx(float32)).data).toEqual(Float32Array.of(1.5));
	});

	it('takes an ArrayBuffer', async () => {
		const { buffer } = idxFile([2], Uint8Array.of(7, 8));
		expect((await parseIdx(buffer as ArrayBuffer)).data).toEqual(Uint8Array.of(7, 8));
	});

	it('returns a view of plain bytes, as a Uint8Array even for a Buffer', async () => {
		const file = Buffer.from(idxFile([2, 2], Uint8Array.of(1, 2, 3, 4)));
		const { data } = await parseIdx(file);
		expect(data.constructor).toBe(Uint8Array);
		expect(data.buffer).toBe(file.buffer);
	});

	it('does not change bytes it has to decode', async () => {
		const file = idxFile([3], Int32Array.of(1, -2, 3));
		const before = file.slice();
		await parseIdx(file);
		expect(file).toEqual(before);
	});

	it('gives the right result or a typed error for any damage', async () => {
		const damage = fc.record({
			position: fc.nat(),
			flip: fc.integer({ min: 1, max: 255 }),
			cut: fc.nat(),
			gzip: fc.boolean(),
		});
		await fc.assert(
			fc.asyncProperty(files, damage, async ({ shape, data, bytes }, { position, flip, cut, gzip }) => {
				const file = new Uint8Array(gzip ? gzipSync(bytes) : bytes);
				file[position % file.length] ^= flip;
				const length = file.length - (cut % 3);
				const result = await parseIdx(file.subarray(0, length)).catch((error: unknown) => error);
				if (result instanceof InvalidValueError) expect(result.code).toBe('INVALID_FILE');
				else if (gzip) expect(result).toEqual({ shape, data });
				else {
					// Damage to the header may make a header of another file, which then has to fit its data.
					const read = result as IdxArray;
					expect(4 + 4 * read.shape.length + read.data.byteLength).toBe(length);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('refuses every truncation', async () => {
		const file = idxFile([2, 3], Int16Array.of(1, 2, 3, 4, 5, 6));
		const packed = new Uint8Array(gzipSync(file));
		for (let length = 0; length < file.length; length++) await failure(file.subarray(0, length));
		for (let length = 0; length < packed.length; length++) await failure(packed.subarray(0, length));
	});

	it('says what is wrong with the magic bytes', async () => {
		const error = await failure(Uint8Array.of(0x50, 0x4b, 3, 4));
		expect(error.message).toBe('idx magic: expected 00 00 and a type of 08, 09, 0b, 0c, 0d or 0e, got 50 4b 03 04');
		expect((await failure(new Uint8Array(0))).message).toContain('got an empty file');
	});

	it('refuses a file without dimensions and dimensions of 0', async () => {
		expect((await failure(Uint8Array.of(0, 0, 8, 0, 1))).field).toBe('idx dimensions');
		expect((await failure(Uint8Array.of(...header(8, [3, 0])))).message).toBe(
			'idx dimensions: expected none of them 0, got 3 × 0',
		);
	});

	it('refuses dimensions whose product is beyond all numbers', async () => {
		const error = await failure(Uint8Array.of(...header(8, new Array(255).fill(0xffffffff))));
		expect(error.field).toBe('idx dimensions');
	});

	it('refuses a count that lies, plain and gzip, without allocating for it', async () => {
		const promises4GB = Uint8Array.of(...header(8, [0xffffffff]), 1, 2, 3);
		for (const file of [promises4GB, new Uint8Array(gzipSync(promises4GB))]) {
			const before = process.memoryUsage().arrayBuffers;
			expect((await failure(file)).field).toBe('idx data');
			expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e8);
		}
	});

	it('says that there is not memory enough for what a large file holds', async () => {
		const promises4Petabytes = Uint8Array.of(...header(8, [2 ** 21, 2 ** 31]));
		for (const file of [promises4Petabytes, new Uint8Array(gzipSync(promises4Petabytes))]) {
			async function* chunks() {
				yield file;
			}
			await expect(readIdx({ chunks, length: 16 - 4 + 2 ** 52 })).rejects.toMatchObject({
				code: 'INVALID_FILE',
				field: 'idx data',
				got: 'more than there is memory for',
			});
		}
	});

	it('inflates into the one array it returns and leaves no garbage of its size', async () => {
		const data = new Uint8Array(2e7).fill(7);
		const file = new Uint8Array(gzipSync(idxFile([data.length], data)));
		const before = process.memoryUsage().arrayBuffers;
		const parsed = await parseIdx(file);
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1.05 * data.length);
		expect(Buffer.compare(parsed.data as Uint8Array, data)).toBe(0);
	});

	it('reads a gzip file of several members, whose last says nothing of the size', async () => {
		const file = idxFile([4], Uint8Array.of(1, 2, 3, 4));
		const members = Buffer.concat(
			[file.subarray(0, 9), file.subarray(9, 10), file.subarray(10)].map((part) => gzipSync(part)),
		);
		expect((await parseIdx(members)).data).toEqual(Uint8Array.of(1, 2, 3, 4));
	});

	it('refuses bytes after the last element', async () => {
		const file = Uint8Array.of(...header(8, [2]), 1, 2, 3);
		expect((await failure(file)).message).toBe('idx data: expected 2 bytes for 2, got 3');
		expect((await failure(new Uint8Array(gzipSync(file)))).message).toBe('idx data: expected 2 bytes for 2, got more');
	});

	it('refuses anything but bytes', async () => {
		for (const value of ['text', null, [0, 0, 8, 1], new Uint16Array(4)]) {
			await expect(parseIdx(untyped(value))).rejects.toThrow(InvalidTypeError);
		}
	});
});

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
	for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

describe('readIdx', () => {
	it('reads chunks of any size', async () => {
		const data = Int16Array.from({ length: 30 }, (_, i) => i * 1000);
		const plain = idxFile([5, 6], data);
		for (const file of [plain, new Uint8Array(gzipSync(plain))]) {
			for (let size = 1; size <= file.length; size++) {
				const chunks = () => inPieces(file, size);
				expect(await readIdx({ chunks, length: file.length })).toEqual({ shape: [5, 6], data });
			}
		}
	});

	it('reads chunks that come in the memory of those before', async () => {
		const data = Int16Array.from({ length: 3000 }, (_, i) => i * 10);
		const plain = idxFile([30, 100], data);
		for (const file of [plain, new Uint8Array(gzipSync(plain))]) {
			async function* chunks() {
				const memory = new Uint8Array(100);
				for await (const piece of inPieces(file, memory.length)) {
					memory.set(piece);
					yield memory.subarray(0, piece.length);
					memory.fill(0xff);
				}
			}
			expect(await readIdx({ chunks, length: file.length })).toEqual({ shape: [30, 100], data });
		}
	});

	it('stops a gzip stream that inflates to more than its header says', async () => {
		const file = gzipSync(Buffer.concat([Buffer.from(header(8, [1000])), randomBytes(2e6)]));
		let read = 0;
		async function* chunks() {
			for await (const chunk of inPieces(file, 1000)) {
				read += chunk.length;
				yield chunk;
			}
		}
		await expect(readIdx({ chunks, length: file.length })).rejects.toThrow(/^idx data: .* got more$/);
		expect(read).toBeLessThan(file.length / 4);
	});

	it('closes its source when it stops early', async () => {
		let closed = false;
		async function* chunks() {
			try {
				for (;;) yield Uint8Array.of(...header(8, [1]), 1, 2);
			} finally {
				closed = true;
			}
		}
		await expect(readIdx({ chunks, length: 9 }, 'labels.gz')).rejects.toThrow(/^labels.gz data: /);
		expect(closed).toBe(true);
	});
});

describe.each([
	['Node', node.gunzip],
	['browser', browser.gunzip],
])('gunzip of the %s', (_, gunzip) => {
	it('inflates what gzip packed', async () => {
		const bytes = new Uint8Array(Buffer.alloc(3e6, 'softmax'));
		const inflated = [];
		for await (const chunk of gunzip(inPieces(gzipSync(bytes), 1000))) inflated.push(chunk);
		expect(Buffer.concat(inflated).equals(bytes)).toBe(true);
	});

	it('throws for a stream that is cut and for one that is damaged', async () => {
		const packed = gzipSync('softmax');
		const damaged = new Uint8Array(packed);
		damaged[damaged.length - 5] ^= 1;
		for (const file of [packed.subarray(0, -1), damaged]) {
			const all = async () => {
				for await (const _ of gunzip(inPieces(file, 4)));
			};
			await expect(all()).rejects.toThrow();
		}
	});
});

describe.each([
	['Node', node.inflate],
	['browser', browser.inflate],
])('inflate of the %s', (_, inflate) => {
	it('gives as many bytes as are wanted and says whether there are more', async () => {
		const bytes = new Uint8Array(randomBytes(300_000));
		const packed = gzipSync(bytes);
		for (const size of [1, 5000, bytes.length - 1, bytes.length]) {
			const inflated = await inflate(inPieces(packed, 10_000), size);
			expect(Buffer.compare(inflated.bytes, bytes.subarray(0, size))).toBe(0);
			expect(inflated.isMore).toBe(size < bytes.length);
		}
	});

	it('gives fewer where there are no more', async () => {
		const { bytes, isMore } = await inflate(inPieces(gzipSync('softmax'), 4), 8);
		expect(Buffer.from(bytes).toString()).toBe('softmax');
		expect(isMore).toBe(false);
	});
});
