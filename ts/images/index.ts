/** Images as inputs of a trainer: `softmax-simd/images`. */
import { badFile, checkInteger, checkKeys, show, wrongType, wrongValue } from '../api/check.js';
import { TrainerError } from '../api/errors.js';

/** RGBA pixels by rows, as ImageData has them. */
export interface Pixels {
	/** `[height · width · 4]`. */
	data: Uint8ClampedArray | Uint8Array;
	width: number;
	height: number;
}

/** A decoded image that a canvas can draw, such as an ImageBitmap; declared by its size, so that types need no DOM library. */
export interface DrawableImage {
	readonly width: number;
	readonly height: number;
}

/** An encoded image in a Blob, such as a file that was dropped on the page. */
export interface ImageBlob {
	readonly size: number;
	readonly type: string;
	/** All its bytes. */
	arrayBuffer(): Promise<ArrayBuffer>;
}

/** Options of `readImages`. */
export interface ImageOptions {
	/** Height and width of every sample in pixels, each from 1 to 4,096. Default `[28, 28]`. */
	size?: readonly [number, number];
	/** 1 for gray, 3 for red, green and blue. Default 1. */
	channels?: 1 | 3;
	/** Whether values are inverted: Fashion-MNIST shows light clothes on black. Default false. */
	invert?: boolean;
}

/**
 * Reads images as samples of one size and number of channels. Pixels such as ImageData can be read anywhere, blobs and bitmaps
 * only where there is a canvas, in pages and workers of browsers. Resizing gives the same values on every engine; decoding
 * depends on the browser.
 *
 * @returns `[count · height · width · channels]`, values from 0 to 255: inputs for `fit` and `predict`
 * @throws InvalidTypeError, InvalidValueError with the row of the wrong image, with code INVALID_FILE where it cannot be decoded;
 *   TrainerError with code UNSUPPORTED where there is no canvas
 */
export async function readImages(
	images: readonly (Pixels | DrawableImage | ImageBlob)[],
	options: ImageOptions = {},
): Promise<Uint8Array> {
	checkKeys('options', options, ['size', 'channels', 'invert']);
	const { size = [28, 28], channels = 1, invert = false } = options;
	if (channels !== 1 && channels !== 3) {
		throw wrongValue('channels', '1 or 3', channels);
	}
	const [height, width] = [checkInteger('size', size[0], 1, 4096), checkInteger('size', size[1], 1, 4096)];
	if (!Array.isArray(images)) {
		throw wrongType('images', 'an array of images', images);
	}
	const values = height * width * channels;
	const inputs = new Uint8Array(images.length * values);
	for (const [row, image] of images.entries()) {
		inputs.set(resize(await pixelsOf(image, row), [height, width], channels), row * values);
	}
	return invert ? inputs.map((value) => 255 - value) : inputs;
}

async function pixelsOf(image: unknown, row: number): Promise<Pixels> {
	if (isPixels(image)) return image;
	const expected = 'ImageData, an ImageBitmap, another drawable image or a Blob';
	if (typeof image !== 'object' || image === null) {
		throw wrongType('images', expected, image, { row });
	}
	if (typeof OffscreenCanvas === 'undefined') {
		throw new TrainerError('images: only ImageData can be read here, there is no canvas', 'UNSUPPORTED');
	}
	let bitmap: ImageBitmap;
	try {
		bitmap = await createImageBitmap(image as ImageBitmapSource);
	} catch (error) {
		const got = error instanceof Error ? error.message : show(error);
		throw badFile('images', expected, got, { row });
	}
	const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
	const context = canvas.getContext('2d', { willReadFrequently: true })!;
	context.drawImage(bitmap, 0, 0);
	bitmap.close();
	return context.getImageData(0, 0, canvas.width, canvas.height);
}

function isPixels(image: unknown): image is Pixels {
	if (typeof image !== 'object' || image === null || !('data' in image)) return false;
	const { data, width, height } = image as Pixels;
	const isBytes = data instanceof Uint8ClampedArray || data instanceof Uint8Array;
	return isBytes && width > 0 && height > 0 && data.length === width * height * 4;
}

/** Luma of red, green and blue (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114];

/** The old pixels of a line that one new pixel covers: the index of the first, and the share of each in the mean. */
interface Cover {
	first: number;
	shares: number[];
}

function covers(from: number, to: number): Cover[] {
	return Array.from({ length: to }, (_, index) => {
		const [start, end] = [(index * from) / to, ((index + 1) * from) / to];
		const first = Math.floor(start);
		const shares = [];
		for (let pixel = first; pixel < end; pixel++) {
			shares.push((Math.min(end, pixel + 1) - Math.max(start, pixel)) / (end - start));
		}
		return { first, shares };
	});
}

/**
 * Resizes an image: every new pixel is the mean of the area that it covers. Transparent pixels are blended with white.
 *
 * @param target height and width in pixels
 * @param channels 1 for gray, 3 for red, green and blue, interleaved
 * @returns `[height · width · channels]`, values from 0 to 255
 */
export function resize(
	{ data, width, height }: Pixels,
	target: readonly [number, number],
	channels: 1 | 3,
): Uint8Array {
	const [rows, columns] = [covers(height, target[0]), covers(width, target[1])];
	const result = new Uint8Array(rows.length * columns.length * channels);
	let position = 0;
	for (const row of rows) {
		for (const column of columns) {
			const rgb = [0, 0, 0];
			for (const [y, rowShare] of row.shares.entries()) {
				for (const [x, columnShare] of column.shares.entries()) {
					const pixel = ((row.first + y) * width + column.first + x) * 4;
					const alpha = data[pixel + 3] / 255;
					const share = rowShare * columnShare;
					for (let channel = 0; channel < 3; channel++) {
						rgb[channel] += share * (data[pixel + channel] * alpha + 255 * (1 - alpha));
					}
				}
			}
			if (channels === 1)
				result[position++] = Math.round(rgb.reduce((sum, value, channel) => sum + value * LUMA[channel], 0));
			else for (const value of rgb) result[position++] = Math.round(value);
		}
	}
	return result;
}
