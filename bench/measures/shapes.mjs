/** What a multiply-add costs with few and many classes and features, set against the shape of Fashion-MNIST. */
import { Engine } from 'softmax-simd';
import { multiplyAdds, recipe, shapes } from '../recipe.mjs';
import { median } from '../statistics.mjs';
import { makeInputs, makeLabels, timeTraining } from './timing.mjs';

const variants = [
	{ inputs: 'Uint8', precision: 'fixed16' },
	{ inputs: 'Uint8', precision: 'float32' },
	{ inputs: 'Float32', precision: 'float32' },
];
const classCounts = [2, 10, 100, 1000];
const featureCounts = [64, 784, 4096];

/** As many bytes as Fashion-MNIST has. */
const referenceBytes = shapes['fashion-mnist'].samples * shapes['fashion-mnist'].features;
const epochMultiplyAdds = 4e8;

function bytesPerValue({ inputs }) {
	return inputs === 'Uint8' ? 1 : 4;
}

/** A few thousand: enough for a measurement, not too many for the memory. */
function sampleCount(variant, features, classes) {
	const most = Math.min(16_384, Math.floor(2 ** 25 / features / bytesPerValue(variant)));
	return Math.min(
		most,
		Math.max(1024, Math.round(epochMultiplyAdds / multiplyAdds({ samples: 1, features, classes }))),
	);
}

/** One random array per variant, of which every shape takes a part. */
function createCosts(variant) {
	const values = makeInputs(variant.inputs, referenceBytes / bytesPerValue(variant));
	/** `{ nanoseconds, milliseconds }` of a multiply-add and of an epoch. */
	return async function cost({ samples, features, classes }, batchSize) {
		const engine = await Engine.create({ inputShape: features, classes, precision: variant.precision });
		const dataset = { inputs: values.subarray(0, samples * features), labels: makeLabels(samples, classes) };
		const milliseconds = timeTraining(engine, dataset, batchSize);
		engine.dispose();
		return { milliseconds, nanoseconds: (milliseconds * 1e6) / multiplyAdds({ samples, features, classes }) };
	};
}

function cellsOf(variant, batchSizes) {
	return classCounts.flatMap((classes) =>
		featureCounts.flatMap((features) =>
			batchSizes.map((batchSize) => {
				const samples = sampleCount(variant, features, classes);
				return { shape: { samples, features, classes }, batchSize, costs: [] };
			}),
		),
	);
}

async function measureVariant(variant, { passes, batchSizes }) {
	const cost = createCosts(variant);
	const { features, classes } = shapes['fashion-mnist'];
	const samples = referenceBytes / bytesPerValue(variant) / features;
	const cells = cellsOf(variant, batchSizes);
	for (let pass = 0; pass < passes; pass++) {
		const reference = await cost({ samples, features, classes }, recipe.batchSize);
		for (const cell of cells) {
			const measured = await cost(cell.shape, cell.batchSize);
			cell.costs.push({ ...measured, ratio: measured.nanoseconds / reference.nanoseconds });
		}
	}
	return Promise.all(cells.map((cell) => summarise(variant, cell)));
}

async function summarise({ inputs, precision }, { shape, batchSize, costs }) {
	const middle = (key) => median(costs.map((measured) => measured[key]));
	return {
		inputs,
		precision,
		isDefault: precision === (await defaultPrecision(inputs, shape)),
		...shape,
		batchSize,
		milliseconds: middle('milliseconds'),
		nanoseconds: middle('nanoseconds'),
		ratio: middle('ratio'),
	};
}

/** What `auto` takes for such data. */
async function defaultPrecision(inputs, { features, classes }) {
	const engine = await Engine.create({ inputShape: features, classes });
	const { precision } = engine.fit({ inputs: makeInputs(inputs, features), labels: [0] }, { epochs: 0 });
	engine.dispose();
	return precision;
}

/** @returns a row for every variant with one of the precisions, shape and batch size. */
export async function measure({ precisions, passes, batchSizes }) {
	const rows = [];
	for (const variant of variants) {
		if (precisions.includes(variant.precision)) rows.push(...(await measureVariant(variant, { passes, batchSizes })));
	}
	return rows;
}
