/** Times epochs of this package, in Node and in a page: one lasts from one `onEpochEnd` to the next, as the caller sees it. */
import { recipe } from '../recipe.mjs';

/**
 * Trains so many epochs.
 *
 * @param {import('softmax-simd').Engine | import('softmax-simd').Trainer} model
 * @param handle of data that the model has uploaded.
 * @returns `{ milliseconds, loss }` of each.
 */
export async function timeEpochs(model, handle, epochs) {
	const results = [];
	let began = performance.now();
	const onEpochEnd = ({ loss }) => {
		const now = performance.now();
		results.push({ milliseconds: now - began, loss });
		began = now;
	};
	await model.fit(handle, { ...recipe, epochs, onEpochEnd });
	return results;
}
