import { existsSync } from 'node:fs';
import { loadFashionMnist } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { debianDataset } from '../../scripts/tools.mjs';
import { newEngine } from '../facades.js';

const folder = process.env.FASHION_MNIST ?? debianDataset;

// Debian's package or FASHION_MNIST=folder has it; elsewhere there is nothing to train on.
describe.skipIf(!existsSync(folder))('on the whole of Fashion-MNIST', () => {
	test("the textbook's recipe ends where every framework does", async () => {
		const { train, test } = await loadFashionMnist({ folder });
		const accuracies: number[] = [];
		for (let seed = 0; seed < 5; seed++) {
			const engine = await newEngine({ inputShape: [28, 28], classes: 10, seed });
			engine.fit(train, { epochs: 10, batchSize: 256, learningRate: 0.1 });
			accuracies.push(engine.evaluate(test).accuracy);
		}
		expect(Math.min(...accuracies)).toBeGreaterThanOrEqual(0.81);
		expect(accuracies.reduce((sum, accuracy) => sum + accuracy) / 5).toBeGreaterThanOrEqual(0.825);
	});
});
