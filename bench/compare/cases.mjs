/** Trainings that two builds of the package are compared in. */
import { loadTrainingData } from '../data.mjs';
import { makeInputs, makeLabels } from '../measures/timing.mjs';
import { recipe, shapes } from '../recipe.mjs';

const manyClasses = { samples: 4096, features: 784, classes: 1000 };

/** Random bytes: what is learned from them is of no interest, as long as it stays finite. */
function makeManyClasses() {
	const { samples, features, classes } = manyClasses;
	return { inputs: makeInputs('Uint8', samples * features), labels: makeLabels(samples, classes) };
}

const fashionMnist = { shape: shapes['fashion-mnist'], load: (folder) => loadTrainingData('fashion-mnist', folder) };
const thousandClasses = { shape: manyClasses, load: makeManyClasses, learningRate: 1e-3 };

export const cases = [
	{ name: 'fashion-mnist fixed16', precision: 'fixed16', ...fashionMnist },
	{ name: 'fashion-mnist float32', precision: 'float32', ...fashionMnist },
	{ name: '1000-classes fixed16', precision: 'fixed16', ...thousandClasses },
	{ name: '1000-classes float32', precision: 'float32', ...thousandClasses },
];

/**
 * An engine of a build with its data uploaded.
 *
 * @returns `engine`, and `epoch()`, which trains the first epoch of a new model and returns its milliseconds.
 */
export async function prepare({ Engine }, { precision, shape, learningRate = recipe.learningRate }, dataset) {
	const engine = await Engine.create({ inputShape: shape.features, classes: shape.classes, precision });
	const handle = engine.upload(dataset);
	const options = { epochs: 1, batchSize: recipe.batchSize, learningRate };
	function epoch() {
		engine.reset();
		const began = performance.now();
		engine.fit(handle, options);
		return performance.now() - began;
	}
	return { engine, epoch };
}
