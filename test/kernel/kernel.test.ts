import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, floats, value } from '../bits/samples.js';
import { newEngine, relativeError } from '../facades.js';
import { lossAndGradient, oneHotRows } from './oracle.js';

/** Float32 against float64 over one step. */
const TOLERANCE = 1e-5;

const learningRate = 0.5;

/** One step of the kernel and of the oracle from the same weights. */
async function compareStep(count: number, features: number, classes: number, kind: 'uint8' | 'float32') {
	const dataset = kind === 'uint8' ? bytes(count, features, classes) : floats(count, features, classes);
	const scale = kind === 'uint8' ? 1 / 255 : 1;
	const engine = await newEngine({ inputShape: features, classes, precision: 'float32' });
	const start = {
		weight: Float32Array.from({ length: classes * features }, (_, index) => value(index + 7)),
		bias: Float32Array.from({ length: classes }, (_, index) => value(index + 3)),
	};
	engine.setWeights(start);
	const { epochs } = engine.fit(dataset, { epochs: 1, batchSize: count, learningRate });
	const x = Float64Array.from(dataset.inputs, (input) => input * scale);
	const exact = lossAndGradient(x, oneHotRows(dataset.labels, classes), start.weight, start.bias);
	const { weight, bias } = engine.getWeights();
	const expected = Float64Array.from(start.weight, (before, index) => before - learningRate * exact.weight[index]);
	expect(relativeError(weight, expected)).toBeLessThan(TOLERANCE);
	const expectedBias = Float64Array.from(start.bias, (before, index) => before - learningRate * exact.bias[index]);
	expect(relativeError(bias, expectedBias)).toBeLessThan(TOLERANCE);
	expect(relativeError([epochs[0].loss], [exact.loss])).toBeLessThan(TOLERANCE);
	expect(epochs[0].accuracy).toBe(exact.correct / count);
	engine.dispose();
}

describe.each(['uint8', 'float32'] as const)('a step on %s inputs agrees with float64', (kind) => {
	test('for every number of features from 1 to 33', async () => {
		for (let features = 1; features <= 33; features++) await compareStep(9, features, 3, kind);
	});

	test('for every batch size from 1 to 33', async () => {
		for (let count = 1; count <= 33; count++) await compareStep(count, 20, 3, kind);
	});

	test.each([255, 256, 257, 700])('for a batch of %i samples', async (count) => {
		await compareStep(count, 20, 3, kind);
	});

	test.each([2, 3, 10, 17, 1000])('for %i classes', async (classes) => {
		await compareStep(40, 30, classes, kind);
	});
});

test('a batch of 3 does not depend on what a batch of 4 before it has left', async () => {
	const inputs = (count: number, value: number) => ({
		inputs: new Float32Array(4 * count).fill(value),
		labels: [0, 1, 2, 0].slice(0, count),
	});
	const weights = (value: number) => ({ weight: new Float32Array(12).fill(value), bias: new Float32Array(3) });
	const options = { epochs: 1, batchSize: 4, learningRate: 0 };
	const engine = await newEngine({ inputShape: 4, classes: 3 });
	engine.setWeights(weights(1e-19));
	engine.fit(inputs(4, 1e19), options);
	// Their product with the earlier fourth row is infinite.
	engine.setWeights(weights(1e19));
	const { epochs } = engine.fit(inputs(3, 1e-19), options);
	expect(epochs[0].loss).toBeCloseTo(Math.log(3), 6);
});

describe('whatever the data', () => {
	const small = fc.record({
		count: fc.integer({ min: 1, max: 20 }),
		features: fc.integer({ min: 1, max: 20 }),
		classes: fc.integer({ min: 2, max: 9 }),
		seed: fc.nat(),
	});

	test('probabilities are from 0 to 1 and sum to 1', async () => {
		await fc.assert(
			fc.asyncProperty(small, async ({ count, features, classes, seed }) => {
				const engine = await newEngine({ inputShape: features, classes, seed, initStd: 3 });
				const { probabilities } = engine.predict(floats(count, features, classes).inputs);
				for (let row = 0; row < count; row++) {
					const values = probabilities.subarray(row * classes, (row + 1) * classes);
					expect(values.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
					expect(values.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
				}
				engine.dispose();
			}),
			{ numRuns: 50 },
		);
	});

	test('adding a constant to every logit changes no probability', async () => {
		await fc.assert(
			fc.asyncProperty(small, fc.integer({ min: -50, max: 50 }), async (size, constant) => {
				const { count, features, classes, seed } = size;
				const engine = await newEngine({ inputShape: features, classes, seed, initStd: 1 });
				const { inputs } = floats(count, features, classes);
				const before = engine.predict(inputs).probabilities;
				const { weight, bias } = engine.getWeights();
				engine.setWeights({ weight, bias: bias.map((element) => element + constant) });
				const after = engine.predict(inputs).probabilities;
				for (const [index, probability] of after.entries()) expect(probability).toBeCloseTo(before[index], 4);
				engine.dispose();
			}),
			{ numRuns: 50 },
		);
	});

	test('the loss of uniform weights is the logarithm of the number of classes', async () => {
		await fc.assert(
			fc.asyncProperty(small, async ({ count, features, classes }) => {
				const engine = await newEngine({ inputShape: features, classes, initStd: 0 });
				const { loss } = engine.evaluate(floats(count, features, classes));
				expect(loss).toBeCloseTo(Math.log(classes), 6);
				engine.dispose();
			}),
			{ numRuns: 50 },
		);
	});

	test('an epoch visits every sample once, whatever the batch size', async () => {
		await fc.assert(
			fc.asyncProperty(small, fc.integer({ min: 1, max: 25 }), async (size, batchSize) => {
				const { count, features, classes, seed } = size;
				const engine = await newEngine({ inputShape: features, classes, seed, initStd: 1 });
				const dataset = floats(count, features, classes);
				const { loss, accuracy } = engine.evaluate(dataset);
				const { epochs } = engine.fit(dataset, { epochs: 1, batchSize, learningRate: 0 });
				expect(epochs[0].loss).toBeCloseTo(loss, 5);
				expect(epochs[0].accuracy).toBe(accuracy);
				engine.dispose();
			}),
			{ numRuns: 50 },
		);
	});
});
