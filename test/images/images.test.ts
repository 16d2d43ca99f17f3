import fc from 'fast-check';
import { readImages, resize } from 'softmax-simd/images';
import { describe, expect, test } from 'vitest';
import { untyped } from '../calls.js';

/** An image whose pixels are all of one colour. */
function plain(width: number, height: number, colour: [number, number, number, number]) {
	const data = new Uint8ClampedArray(width * height * 4).map((_, index) => colour[index % 4]);
	return { data, width, height };
}

describe('resizing', () => {
	test('gives each new pixel the mean of the area it covers', () => {
		const data = Uint8Array.from([0, 100, 200, 40].flatMap((gray) => [gray, gray, gray, 255]));
		expect(Array.from(resize({ data, width: 2, height: 2 }, [1, 1], 1))).toEqual([85]);
		expect(Array.from(resize({ data, width: 2, height: 2 }, [2, 1], 1))).toEqual([50, 120]);
		expect(Array.from(resize({ data, width: 4, height: 1 }, [1, 3], 1))).toEqual([25, 150, 80]);
	});

	test('changes nothing at the same size', () => {
		const data = Uint8Array.from({ length: 5 * 3 * 4 }, (_, index) => (index % 4 === 3 ? 255 : (index * 37) % 256));
		const rgb = data.filter((_, index) => index % 4 !== 3);
		expect(resize({ data, width: 5, height: 3 }, [3, 5], 3)).toEqual(rgb);
	});

	test('keeps a plain image plain at every size', () => {
		const sizes = fc.integer({ min: 1, max: 40 });
		fc.assert(
			fc.property(
				sizes,
				sizes,
				sizes,
				sizes,
				fc.integer({ min: 0, max: 255 }),
				(width, height, rows, columns, gray) => {
					const resized = resize(plain(width, height, [gray, gray, gray, 255]), [rows, columns], 1);
					expect(resized).toEqual(new Uint8Array(rows * columns).fill(gray));
				},
			),
		);
	});

	test('weighs red, green and blue as the eye does, and shows white behind what is transparent', () => {
		expect(Array.from(resize(plain(2, 2, [255, 0, 0, 255]), [1, 1], 1))).toEqual([76]);
		expect(Array.from(resize(plain(2, 2, [0, 0, 0, 0]), [1, 1], 3))).toEqual([255, 255, 255]);
	});
});

describe('reading images', () => {
	test('puts them one after the other, inverted where asked for', async () => {
		const images = [plain(9, 7, [255, 255, 255, 255]), plain(3, 3, [0, 0, 0, 255])];
		expect(Array.from(await readImages(images, { size: [1, 2] }))).toEqual([255, 255, 0, 0]);
		expect(Array.from(await readImages(images, { size: [1, 2], invert: true }))).toEqual([0, 0, 255, 255]);
		expect(await readImages(images, { channels: 3 })).toHaveLength(2 * 28 * 28 * 3);
	});

	test.each([
		['no array', 'cat.png', {}, { code: 'INVALID_TYPE', field: 'images' }],
		['something that is no image', [7], {}, { code: 'INVALID_TYPE', field: 'images', row: 0, got: '7' }],
		['two channels', [], { channels: 2 }, { code: 'INVALID_VALUE', field: 'channels', got: '2' }],
		['a size of nothing', [], { size: [0, 28] }, { code: 'INVALID_VALUE', field: 'size', got: '0' }],
		['an unknown option', [], { width: 28 }, { code: 'UNKNOWN_OPTION', field: 'options', got: '"width"' }],
		['a blob where there is no canvas', [new Blob(['x'])], {}, { code: 'UNSUPPORTED' }],
	])('refuses %s', async (_, images, options, expected) => {
		await expect(readImages(untyped(images), untyped(options))).rejects.toMatchObject(expected);
	});
});
