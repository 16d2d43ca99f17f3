import { describe, expect, test } from 'vitest';
import { readTrajectory } from '../golden/trajectory.js';
import { logits, lossAndGradient, oneHotRows, sgdStep } from './oracle.js';

/** An upper bound for the difference of two float64 sums of 784 terms in different orders. */
const closeness = 1e-10;

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = closeness) {
	expect(actual).toHaveLength(expected.length);
	const differences = Array.from(expected, (value, i) => Math.abs(actual[i] - value) / Math.max(1, Math.abs(value)));
	expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance);
}

describe('the oracle’s gradient', () => {
	const wave = (length: number, frequency: number) => Float64Array.from({ length }, (_, i) => Math.sin(i * frequency));
	const [features, classes] = [6, 3];
	const x = wave(4 * features, 1.7);
	const weight = wave(classes * features, 0.9);
	const bias = wave(classes, 2.3);
	const softTargets = [0.2, 0.5, 0.3, 1, 0, 0, 0, 0.9, 0.1, 0, 0, 1];

	test.each([
		['one-hot', oneHotRows([2, 0, 1, 1], classes)],
		['soft', softTargets],
	])('is that of central finite differences, for %s targets', (_, targets) => {
		const step = 1e-5;
		const loss = (parameters: ArrayLike<number>) => {
			const values = Array.from(parameters);
			const inner = lossAndGradient(x, targets, values.slice(0, weight.length), values.slice(weight.length));
			return inner.loss;
		};
		const parameters = [...weight, ...bias];
		const numeric = parameters.map((_, i) => {
			const moved = (by: number) => parameters.map((value, j) => (i === j ? value + by : value));
			return (loss(moved(step)) - loss(moved(-step))) / (2 * step);
		});
		const analytic = lossAndGradient(x, targets, weight, bias);
		expectClose([...analytic.weight, ...analytic.bias], numeric, 1e-9);
		expect(Math.max(...analytic.weight)).toBeGreaterThan(0.01);
	});

	test('leads downhill', () => {
		const before = lossAndGradient(x, softTargets, weight, bias);
		const [newWeight, newBias] = [sgdStep(weight, before.weight, 0.1), sgdStep(bias, before.bias, 0.1)];
		expect(lossAndGradient(x, softTargets, newWeight, newBias).loss).toBeLessThan(before.loss);
	});
});

describe('the oracle on the golden trajectory', () => {
	const golden = readTrajectory();
	const scaled = golden.batches.map(({ pixels, labels }) => ({
		x: Float64Array.from(pixels, (pixel) => pixel / 255),
		targets: oneHotRows(labels, 10),
	}));

	test('has eleven batches, the last one partial', () => {
		expect(golden.batches.map((batch) => batch.labels.length)).toEqual([...new Array(10).fill(64), 37]);
	});

	test('gives the logits and the gradients of the first batch', () => {
		const { weight, bias } = golden.start;
		expectClose(logits(scaled[0].x, weight, bias), golden.first.logits);
		const gradient = lossAndGradient(scaled[0].x, scaled[0].targets, weight, bias);
		expectClose(gradient.weight, golden.first.weightGradient);
		expectClose(gradient.bias, golden.first.biasGradient);
	});

	test('gives every loss, every count and the final weights', () => {
		let weight = Float64Array.from(golden.start.weight);
		let bias = Float64Array.from(golden.start.bias);
		const steps = scaled.map(({ x, targets }) => {
			const step = lossAndGradient(x, targets, weight, bias);
			weight = sgdStep(weight, step.weight, golden.learningRate);
			bias = sgdStep(bias, step.bias, golden.learningRate);
			return step;
		});
		expectClose(
			steps.map((step) => step.loss),
			golden.losses,
		);
		expect(steps.map((step) => step.correct)).toEqual(golden.correct);
		expectClose(weight, golden.final.weight);
		expectClose(bias, golden.final.bias);
	});

	test('moves: the loss halves', () => {
		expect(Math.min(...golden.losses)).toBeLessThan(golden.losses[0] / 2);
	});
});
