/** The pictures of train.mjs as files. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curvesPng } from './curves.mjs';
import { predictionsPng, samplesPng, templatesPng } from './grid.mjs';

async function write(folder, name, png) {
	const path = join(folder, name);
	await writeFile(path, await png);
	return path;
}

/** Draws the data. Resolves to the path of the picture. */
export function drawSamples(folder, train) {
	return write(folder, 'samples.png', samplesPng(train));
}

/**
 * Draws what training came to, one after the other to stay small in memory.
 *
 * @param folder where the pictures go; it exists.
 * @param result `{ history, test, classIndices, weight }`: the history of fit, the test dataset, the predicted class of each of
 * its images, and the weights `[classes · 784]`. Without a finished epoch there are no curves.
 * @returns the paths of the pictures.
 */
export async function drawResult(folder, { history, test, classIndices, weight }) {
	const paths = [];
	if (history.epochs.length > 0) paths.push(await write(folder, 'curves.png', curvesPng(history.epochs)));
	paths.push(await write(folder, 'predictions.png', predictionsPng(test, classIndices)));
	paths.push(await write(folder, 'templates.png', templatesPng(weight, test.classNames)));
	return paths;
}
