/** Images as inputs of a trainer: `softmax-simd/images`. */
import { checkInteger, checkKeys, show } from '../api/check.js';
import { InvalidTypeError, InvalidValueError, TrainerError } from '../api/errors.js';
import { type Pixels, resize } from './resize.js';

export { type Pixels, resize };

/** A decoded image that a canvas can draw, such as an ImageBitmap; named by what it has, for types without a DOM. */
export interface DrawableImage {
	readonly width: number;
	readonly height: number;
}

/** An encoded image, such as a file that was dropped on the page. */
export interface ImageBlob {
	readonly size: number;
	readonly type: string;
	/** All its bytes. */
	arrayBuffer(): Promise<ArrayBuffer>;
}

/** What `readImages` takes besides the images. */
export interface ImageOptions {
	/** Height and width of every sample. Default `[28, 28]`. */
	size?: readonly [number, number];
	/** 1 for gray, 3 for red, green and blue. Default 1. */
	channels?: 1 | 3;
	/** Whether dark becomes light, as Fashion-MNIST shows its pieces on black. Default false. */
	invert?: boolean;
}

/**
 * Reads images, all to one size and number of channels. ImageData and the like are read anywhere; blobs and bitmaps where
 * there is a canvas, in pages and workers of browsers. Resizing is the package's own, the same on every engine; decoding is not.
 *
 * @returns `[count · height · width · channels]`, inputs for `fit` and `predict`
 * @throws InvalidTypeError, InvalidValueError naming the image at fault by its row; TrainerError with code UNSUPPORTED where
 *   there is no canvas
 */
export async function readImages(
	images: readonly (Pixels | DrawableImage | ImageBlob)[],
	options: ImageOptions = {},
): Promise<Uint8Array> {
	checkKeys('options', options, ['size', 'channels', 'invert']);
	const { size = [28, 28], channels = 1, invert = false } = options;
	if (channels !== 1 && channels !== 3) {
		throw new InvalidValueError({ field: 'channels', expected: '1 or 3', got: show(channels) });
	}
	const [height, width] = [checkInteger('size', size[0], 1, 4096), checkInteger('size', size[1], 1, 4096)];
	if (!Array.isArray(images)) {
		throw new InvalidTypeError({ field: 'images', expected: 'an array of images', got: show(images) });
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
		throw new InvalidTypeError({ field: 'images', row, expected, got: show(image) });
	}
	if (typeof OffscreenCanvas === 'undefined') {
		throw new TrainerError('images: only ImageData can be read here, there is no canvas', 'UNSUPPORTED');
	}
	let bitmap: ImageBitmap;
	try {
		bitmap = await createImageBitmap(image as ImageBitmapSource);
	} catch (error) {
		const got = error instanceof Error ? error.message : show(error);
		throw new InvalidValueError({ field: 'images', row, expected, got }, 'INVALID_FILE');
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
