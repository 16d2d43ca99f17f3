/** Shuffled batches as float32 for the peers that know no bytes; the bytes are converted once, outside of what is measured. */

import { createRandom } from '../../scripts/random.mjs';
import { loadTrainingData } from '../data.mjs';
import { recipe, shapes } from '../recipe.mjs';

const { samples, features } = shapes['fashion-mnist'];
const { batchSize } = recipe;

/** @returns `{ inputs, labels }` with inputs in [0, 1]. */
export async function loadFloats({ data, folder }) {
	const { inputs, labels } = await loadTrainingData(data, folder);
	return { inputs: Float32Array.from(inputs, (pixel) => pixel / 255), labels };
}

/**
 * @param limit at most so many batches.
 * @returns a function that yields the batches of a freshly shuffled epoch, `{ inputs, labels, count }`, always in the same arrays.
 */
export function createBatches({ inputs, labels }, limit = Number.POSITIVE_INFINITY) {
	const random = createRandom(0);
	const order = Uint32Array.from({ length: samples }, (_, row) => row);
	const batchInputs = new Float32Array(batchSize * features);
	const batchLabels = new Int32Array(batchSize);
	return function* batches() {
		random.shuffle(order);
		const end = Math.min(samples, limit * batchSize);
		for (let start = 0; start < end; start += batchSize) {
			const count = Math.min(batchSize, end - start);
			for (let row = 0; row < count; row++) {
				const source = order[start + row];
				batchInputs.set(inputs.subarray(source * features, (source + 1) * features), row * features);
				batchLabels[row] = labels[source];
			}
			yield {
				inputs: batchInputs.subarray(0, count * features),
				labels: batchLabels.subarray(0, count),
				count,
			};
		}
	};
}
