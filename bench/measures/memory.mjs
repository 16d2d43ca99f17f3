/** Memory of a whole process: that loads Fashion-MNIST and trains, and over many fits. Each is started by itself. */
import { createTrainer, Engine, loadFashionMnist, loadFashionMnistPart } from 'softmax-simd';
import { recipe } from '../recipe.mjs';
import { peakMegabytes } from './process-memory.mjs';

const facades = { Engine: () => Engine.create(), Trainer: () => createTrainer() };
const growthSamples = 10_000;
const settledFits = 20;

function currentMegabytes() {
	globalThis.gc?.();
	return process.memoryUsage.rss() / 1e6;
}

/** What a user loads, held until the end as a user would: `all` of Fashion-MNIST or the part `train`. */
const loaders = {
	all: (folder) => loadFashionMnist({ folder }),
	train: async (folder) => ({ train: await loadFashionMnistPart('train', { folder }) }),
};

async function measurePeak({ facade, folder, loads }) {
	const model = await facades[facade]?.();
	const dataset = await loaders[loads]?.(folder);
	await model?.fit(dataset.train, { ...recipe, epochs: 5 });
	// Asked of the data after the peak, so that they are held till then.
	return { peak: peakMegabytes(), parts: Object.keys(dataset ?? {}) };
}

async function measureGrowth({ facade, folder, fits }) {
	const test = await loadFashionMnistPart('test', { folder });
	const inputs = test.inputs.subarray(0, growthSamples * 784);
	const labels = test.labels.subarray(0, growthSamples);
	const model = await facades[facade]();
	const fitTimes = async (times) => {
		for (let fit = 0; fit < times; fit++) await model.fit({ inputs, labels }, { ...recipe, epochs: 1 });
	};
	await fitTimes(settledFits);
	const before = currentMegabytes();
	await fitTimes(fits);
	return { before, after: currentMegabytes() };
}

/**
 * @param options `{ folder, facade, fits }` for growth, after a collection, which needs `--expose-gc`; else for the peak
 *   `loads`, without which it is nothing but Node's, and `facade`, without which nothing trains.
 */
export function measure(options) {
	return options.fits ? measureGrowth(options) : measurePeak(options);
}
