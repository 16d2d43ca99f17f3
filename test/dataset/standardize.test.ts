import { standardize } from 'softmax-simd';
import { expect, test } from 'vitest';
import { floats } from '../bits/samples.js';
import { newEngine } from '../facades.js';

test('every standardised feature has mean 0 and standard deviation 1', () => {
	const { inputs } = floats(500, 4, 3);
	const shifted = inputs.map((value, index) => value * (index % 4) * 10 + 1000 * (index % 4));
	const { inputScale, inputShift } = standardize({ inputs: shifted, inputShape: 4 });
	for (let feature = 1; feature < 4; feature++) {
		const column = Float64Array.from({ length: 500 }, (_, row) => {
			return shifted[row * 4 + feature] * inputScale[feature] + inputShift[feature];
		});
		const mean = column.reduce((sum, value) => sum + value) / 500;
		const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 500;
		expect(mean).toBeCloseTo(0, 3);
		expect(variance).toBeCloseTo(1, 3);
	}
});

test('a feature that never changes keeps its scale and becomes 0', () => {
	const { inputScale, inputShift } = standardize([
		[7, 1],
		[7, 3],
	]);
	expect(Array.from(inputScale)).toEqual([1, 1]);
	expect(Array.from(inputShift)).toEqual([-7, -2]);
});

test('a trainer with that scaling learns what it would not without', async () => {
	const { inputs, labels } = floats(300, 6, 3);
	const wide = inputs.map((value, index) => value * 1e-3 + 5 * (index % 6));
	const options = { epochs: 20, batchSize: 16 };
	const plain = await newEngine({ inputShape: 6, classes: 3 });
	const scaled = await newEngine({ inputShape: 6, classes: 3, ...standardize({ inputs: wide, inputShape: 6 }) });
	plain.fit({ inputs: wide, labels }, { ...options, learningRate: 1e-3 });
	scaled.fit({ inputs: wide, labels }, options);
	expect(plain.evaluate({ inputs: wide, labels }).accuracy).toBeLessThan(0.6);
	expect(scaled.evaluate({ inputs: wide, labels }).accuracy).toBeGreaterThan(0.95);
});
