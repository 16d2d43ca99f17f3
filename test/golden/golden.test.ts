import { describe, expect, test } from 'vitest';
import { facades, relativeError } from '../facades.js';
import { type Batch, readTrajectory } from './trajectory.js';

/** Float32 against float64 over eleven steps. */
const TOLERANCE = 1e-5;

const trajectory = readTrajectory();

function join(batches: readonly Batch[]) {
	return {
		inputs: Uint8Array.from(batches.flatMap(({ pixels }) => Array.from(pixels))),
		labels: batches.flatMap(({ labels }) => Array.from(labels)),
	};
}

function centred(rows: Float64Array, width: number): Float64Array {
	return rows.map((value, index) => {
		const row = rows.subarray(index - (index % width), index - (index % width) + width);
		return value - row.reduce((sum, other) => sum + other, 0) / width;
	});
}

describe.each(facades)('%s follows the float64 trajectory', (_, create) => {
	const { start, first, final } = trajectory;

	test('in the logits of step 0, up to the constant per sample that softmax ignores', async () => {
		const facade = await create({ inputShape: 784, classes: 10, precision: 'float32' });
		await facade.setWeights(start);
		const { probabilities } = await facade.predict(trajectory.batches[0].pixels);
		const logits = centred(Float64Array.from(probabilities, Math.log), 10);
		expect(relativeError(logits, centred(first.logits, 10))).toBeLessThan(TOLERANCE);
	});

	test('in every gradient of step 0', async () => {
		const facade = await create({ inputShape: 784, classes: 10, precision: 'float32' });
		await facade.setWeights(start);
		const { weight, bias, totalWeight } = await facade.gradient(join(trajectory.batches.slice(0, 1)));
		const mean = (gradient: Float32Array) => Float64Array.from(gradient, (value) => value / totalWeight);
		expect(relativeError(mean(weight), first.weightGradient)).toBeLessThan(TOLERANCE);
		expect(relativeError(mean(bias), first.biasGradient)).toBeLessThan(TOLERANCE);
	});

	test('in all losses and the final weights', async () => {
		const facade = await create({ inputShape: 784, classes: 10, precision: 'float32' });
		await facade.setWeights(start);
		const losses: number[] = [];
		const options = { epochs: 1, batchSize: 64, learningRate: trajectory.learningRate, shuffle: false };
		const onProgress = (progress: { batchLosses: number[] }) => losses.push(...progress.batchLosses);
		await facade.fit(join(trajectory.batches), { ...options, onProgress });
		expect(relativeError(losses, trajectory.losses)).toBeLessThan(TOLERANCE);
		const { weight, bias } = await facade.getWeights();
		expect(relativeError(weight, final.weight)).toBeLessThan(TOLERANCE);
		expect(relativeError(bias, final.bias)).toBeLessThan(TOLERANCE);
	});
});
