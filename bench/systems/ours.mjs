/** This package. An epoch lasts from one `onEpochEnd` to the next, as the caller sees it. */
import { createTrainer, Engine } from '../../dist/node/index.js';
import { loadTrainingData } from '../data.mjs';
import { initStd, recipe } from '../recipe.mjs';
import { serve } from './serve.mjs';

serve(async ({ facade, precision, data, folder }) => {
	const options = { precision, initStd };
	const model = facade === 'Engine' ? await Engine.create(options) : await createTrainer(options);
	const handle = await model.upload(await loadTrainingData(data, folder));
	return {
		versions: { node: process.versions.node },
		async train(epochs) {
			const results = [];
			let began = performance.now();
			const onEpochEnd = ({ loss }) => {
				const now = performance.now();
				results.push({ milliseconds: now - began, loss });
				began = now;
			};
			await model.fit(handle, { ...recipe, epochs, onEpochEnd });
			return results;
		},
	};
});
