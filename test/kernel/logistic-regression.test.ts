import { readFileSync } from 'node:fs';
import type { FitOptions } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { facades, relativeError } from '../facades.js';

/** Made by test/fixtures/logistic-regression.py with scikit-learn. */
interface Fixture {
	features: number;
	inputs: string;
	labels: number[];
	optima: { name: string; options: FitOptions; weight: string; probabilities: string; loss: number }[];
}

const file = new URL('../fixtures/logistic-regression.json', import.meta.url);
const { features, labels, optima, ...fixture }: Fixture = JSON.parse(readFileSync(file, 'utf8'));
const decode = (text: string) => Uint8Array.from(Buffer.from(text, 'base64')).buffer;
const inputs = new Float32Array(decode(fixture.inputs));

/** SGD reaches the optimum up to errors of float32. */
const TOLERANCE = 1e-4;

describe.each(facades)('%s finds the optimum of LogisticRegression', (_, create) => {
	test.each(optima)('with $name', async ({ options, weight, probabilities, loss }) => {
		const facade = await create({ inputShape: features, classes: 3, precision: 'float32' });
		const steps = { epochs: 1000, batchSize: labels.length, learningRate: 0.5, momentum: 0.9, shuffle: false };
		await facade.fit({ inputs, labels }, { ...options, ...steps, decayBias: false });
		const found = await facade.getWeights();
		expect(relativeError(found.weight, new Float64Array(decode(weight)))).toBeLessThan(TOLERANCE);
		const predicted = (await facade.predict(inputs)).probabilities;
		expect(relativeError(predicted, new Float64Array(decode(probabilities)))).toBeLessThan(TOLERANCE);
		const evaluation = await facade.evaluate({ inputs, labels });
		expect(Math.abs(evaluation.loss / loss - 1)).toBeLessThan(TOLERANCE);
	});
});
