/** A folder of images per class as a dataset. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Advice, UsageError } from '../common/command-line.mjs';
import { decodePng } from './png.mjs';
import { resize, toChannels } from './resize.mjs';

async function list(folder) {
	try {
		const entries = await readdir(folder, { withFileTypes: true });
		// Always in the same order, whatever the system's: the order decides which image a seed draws.
		return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
	} catch (error) {
		throw new UsageError(`FOLDER: ${error.message}`);
	}
}

async function readImage(path) {
	return decodePng(await readFile(path));
}

/** All images below the folder in their own colours: `{ images: [{ className, image }], skipped: [{ path, reason }] }`. */
async function readImages(folder, size) {
	const images = [];
	const skipped = [];
	for (const { name: className } of (await list(folder)).filter((entry) => !entry.isFile())) {
		for (const { name } of await list(join(folder, className))) {
			const path = join(folder, className, name);
			try {
				const image = await readImage(path);
				const { channels } = image;
				images.push({ className, image: { channels, pixels: resize(image, size) } });
			} catch (error) {
				skipped.push({ path, reason: error.message });
			}
		}
	}
	return { images, skipped };
}

/**
 * @param folder has a folder per class, named like it, with PNG images in it.
 * @returns `{ dataset, skipped }`: images `[size, size]`, or `[size, size, 3]` where any has colours; and the files that
 * could not be read.
 * @throws UsageError where that makes no dataset.
 */
export async function readFolder(folder, size) {
	const { images, skipped } = await readImages(folder, size);
	const classNames = [...new Set(images.map(({ className }) => className))];
	if (classNames.length < 2) {
		const found = classNames.length === 0 ? 'no PNG images' : `images of one class only, ${classNames[0]}`;
		const [broken] = skipped;
		const hint = broken ? `; ${skipped.length} skipped, such as ${broken.path}: ${broken.reason}` : '';
		throw new UsageError(
			`FOLDER: expected ${join(folder, 'CLASS', '*.png')} of two classes or more, found ${found}${hint}`,
		);
	}
	const channels = Math.max(...images.map(({ image }) => image.channels));
	const dataset = {
		inputs: images.map(({ image }) => Uint8Array.from(toChannels(image, channels).pixels)),
		labels: images.map(({ className }) => className),
		inputShape: channels === 1 ? [size, size] : [size, size, channels],
		classNames,
	};
	return { dataset, skipped };
}

/**
 * One image as a model wants it.
 *
 * @param inputShape `[size, size]` or `[size, size, 3]`.
 * @returns inputs of one sample
 * @throws Advice where the file cannot be read.
 */
export async function readImageFor(path, [size, , channels = 1]) {
	try {
		return resize(toChannels(await readImage(path), channels), size);
	} catch (error) {
		throw new Advice(`${path}: ${error.message}`);
	}
}
