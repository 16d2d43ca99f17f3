/** Whether a sample costs the same among a thousand and among a million. */
import { Engine } from 'softmax-simd';
import { recipe } from '../recipe.mjs';
import { median } from '../statistics.mjs';
import { makeInputs, makeLabels, timeTraining } from './timing.mjs';

const features = 64;
const classes = 10;
const counts = [1000, 10_000, 100_000, 1_000_000];

/** @returns a row for every precision and count. */
export async function measure({ passes, precisions }) {
	const inputs = makeInputs('Uint8', Math.max(...counts) * features);
	const labels = makeLabels(Math.max(...counts), classes);
	const rows = precisions.flatMap((precision) =>
		counts.map((samples) => ({ precision, samples, features, classes, costs: [] })),
	);
	for (let pass = 0; pass < passes; pass++) {
		for (const { precision, samples, costs } of rows) {
			const engine = await Engine.create({ inputShape: features, classes, precision });
			const dataset = { inputs: inputs.subarray(0, samples * features), labels: labels.subarray(0, samples) };
			costs.push((timeTraining(engine, dataset, recipe.batchSize) * 1e6) / samples);
			engine.dispose();
		}
	}
	return rows.map(({ costs, ...row }) => {
		const [fewest] = rows.filter(({ precision }) => precision === row.precision);
		return { ...row, nanoseconds: median(costs), ratio: median(costs) / median(fewest.costs) };
	});
}
