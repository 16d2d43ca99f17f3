/**
 * A frozen network without training: one layer of random filters, ReLU of what they answer and of its negative, and means
 * over patches of the image, scaled to unit norm.
 *
 * @see Jarrett et al. 2009, "What is the best multi-stage architecture for object recognition?", on how well random
 * filters do
 */
import { createRandom } from './random.mjs';

const imageSide = 28;
const filterSide = 4;
const taps = filterSide ** 2;
/** The map of a filter's answers is cut into 5 × 5 patches of 5 × 5. */
const mapSide = imageSide - filterSide + 1;
const patchSide = 5;
const patchesAcross = mapSide / patchSide;
const filterCount = 10;
const mapCount = 2 * filterCount;

/** A filter of mean 0, blind to brightness, and of norm 1. */
function createFilter(random) {
	const values = Float64Array.from({ length: taps }, random);
	const mean = values.reduce((sum, value) => sum + value) / taps;
	const centred = values.map((value) => value - mean);
	const norm = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
	return centred.map((value) => value / norm);
}

/** @returns `{ filters, features }`: the same seed gives the same network. */
export function createNetwork(seed) {
	const random = createRandom(seed);
	const filters = Array.from({ length: filterCount }, () => createFilter(random));
	return { filters, features: mapCount * patchesAcross ** 2 };
}

/** Copies the pixels under a filter. @returns whether there is anything to see */
function look(images, start, window) {
	let seen = 0;
	for (let tap = 0; tap < taps; tap++) {
		const pixel = images[start + Math.floor(tap / filterSide) * imageSide + (tap % filterSide)];
		window[tap] = pixel;
		seen |= pixel;
	}
	return seen > 0;
}

/** Adds the answers of all filters, each to the one or the other of its two maps. */
function respond(filters, window, sums) {
	for (let index = 0; index < filterCount; index++) {
		const filter = filters[index];
		let answer = 0;
		for (let tap = 0; tap < taps; tap++) answer += filter[tap] * window[tap];
		if (answer > 0) sums[2 * index] += answer;
		else sums[2 * index + 1] -= answer;
	}
}

/** All patches are as large, so that sums serve as well as means. A blank image has no direction and stays 0. */
function scaleToUnitNorm(sums) {
	const norm = Math.sqrt(sums.reduce((sum, value) => sum + value * value, 0));
	if (norm > 0) for (let i = 0; i < sums.length; i++) sums[i] /= norm;
}

/**
 * @param images Uint8Array `[count · 28 · 28]`.
 * @returns Float32Array `[count · features]`
 */
export function embed({ filters, features }, images) {
	const count = images.length / imageSide ** 2;
	const embeddings = new Float32Array(count * features);
	const window = new Float64Array(taps);
	for (let image = 0; image < count; image++) {
		const embedding = embeddings.subarray(image * features, (image + 1) * features);
		for (let place = 0; place < mapSide ** 2; place++) {
			const row = Math.floor(place / mapSide);
			const column = place % mapSide;
			if (!look(images, (image * imageSide + row) * imageSide + column, window)) continue;
			const patch = Math.floor(row / patchSide) * patchesAcross + Math.floor(column / patchSide);
			respond(filters, window, embedding.subarray(patch * mapCount, (patch + 1) * mapCount));
		}
		scaleToUnitNorm(embedding);
	}
	return embeddings;
}
