import { Engine } from 'softmax-simd';
import { type ImportedWeights, importPyTorch, importScikitLearn, writeNpy } from 'softmax-simd/formats';
import { describe, expect, it } from 'vitest';
import { decodeBase64, failure, fixtures, largestDifference } from './fixtures.js';

/** Tolerance between float32 and the original's probabilities. */
const TOLERANCE = 1e-5;

async function predict({ weight, bias, classes, features }: ImportedWeights, rows: number[][]) {
	const engine = await Engine.create({ inputShape: features, classes });
	engine.setWeights({ weight, bias });
	const { probabilities } = engine.predict(Float32Array.from(rows.flat()));
	engine.dispose();
	return probabilities;
}

describe('importPyTorch', () => {
	const { inputs, files, refused } = fixtures.pytorch;

	it.each(Object.entries(files))('predicts what PyTorch predicts: %s', async (_, { file, probabilities }) => {
		const imported = importPyTorch(decodeBase64(file));
		expect(imported).toMatchObject({ classes: probabilities[0].length, features: inputs[0].length });
		const difference = largestDifference(await predict(imported, inputs), probabilities.flat());
		expect(difference).toBeLessThan(TOLERANCE);
	});

	it.each([
		['two layers', 'state_dict', /0\.bias \[3\], 0\.weight \[3, 12\], 1\.bias \[2\], 1\.weight \[2, 3\]$/],
		['no linear layer', 'state_dict', /0\.weight \[2, 1, 2, 2\]/],
		['no tensor', 'state_dict', /got nothing$/],
		['one row', 'weight', /2 or more rows.*got \[1, 12\]$/],
	])('refuses %s, naming what there is', (name, field, message) => {
		const error = failure(() => importPyTorch(decodeBase64(refused[name])));
		expect(error).toMatchObject({ name: 'InvalidValueError', code: 'INVALID_FILE', field });
		expect(error).toHaveProperty('message', expect.stringMatching(message));
	});
});

describe('importScikitLearn', () => {
	const { inputs, files } = fixtures.scikitLearn;

	it.each(Object.entries(files))('predicts what scikit-learn predicts: %s', async (_, file) => {
		const imported = importScikitLearn(decodeBase64(file.coef), decodeBase64(file.intercept));
		expect(imported).toMatchObject({ classes: file.probabilities[0].length, features: inputs[0].length });
		const difference = largestDifference(await predict(imported, inputs), file.probabilities.flat());
		expect(difference).toBeLessThan(TOLERANCE);
	});

	it('splits the one row of two classes evenly', () => {
		const imported = importScikitLearn(writeNpy(Float64Array.of(1, -3), [1, 2]), writeNpy(Float64Array.of(5)));
		expect(imported).toEqual({
			weight: Float32Array.of(-0.5, 1.5, 0.5, -1.5),
			bias: Float32Array.of(-2.5, 2.5),
			classes: 2,
			features: 2,
		});
	});

	it.each([
		['coefficients without rows', [2], [2], 'coef_'],
		['no coefficients', [3, 0], [3], 'coef_'],
		['an intercept for other classes', [3, 2], [2], 'intercept_'],
		['an intercept in rows', [3, 2], [3, 1], 'intercept_'],
	])('refuses %s', (_, coef, intercept, field) => {
		const file = (shape: number[]) => writeNpy(new Float64Array(shape.reduce((a, b) => a * b)), shape);
		const error = failure(() => importScikitLearn(file(coef), file(intercept)));
		expect(error).toMatchObject({ name: 'InvalidValueError', code: 'INVALID_FILE', field });
	});

	it('refuses numbers beyond float32', () => {
		const coef = writeNpy(Float64Array.of(1, 2, 3, 1e300), [2, 2]);
		const error = failure(() => importScikitLearn(coef, writeNpy(new Float64Array(2))));
		expect(error).toMatchObject({ code: 'INVALID_FILE', field: 'weight', row: 1, column: 1 });
	});
});
