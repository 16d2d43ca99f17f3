/** This package in Node. */
import { createTrainer, Engine } from 'softmax-simd';
import { loadTrainingData } from '../data.mjs';
import { initStd } from '../recipe.mjs';
import { timeEpochs } from './epochs.mjs';
import { serve } from './serve.mjs';

serve(async ({ facade, precision, data, folder }) => {
	const options = { precision, initStd };
	const model = facade === 'Engine' ? await Engine.create(options) : await createTrainer(options);
	const handle = await model.upload(await loadTrainingData(data, folder));
	return {
		versions: { node: process.versions.node },
		train: (epochs) => timeEpochs(model, handle, epochs),
	};
});
