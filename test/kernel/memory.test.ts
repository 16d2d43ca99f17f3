import { type EngineDataset, TrainerError } from 'softmax-simd';
import { expect, test } from 'vitest';
import { floats } from '../bits/samples.js';
import { newEngine } from '../facades.js';

const outOfMemory = expect.objectContaining({ code: 'OUT_OF_MEMORY' });

test('many classes and a large batch need scratch for one block of the batch alone', async () => {
	const engine = await newEngine({ inputShape: 1, classes: 65_535 });
	const labels = Array.from({ length: 2000 }, (_, row) => row);
	engine.fit({ inputs: new Uint8Array(2000), labels }, { epochs: 1, batchSize: 2000 });
	// All logits at once would take 500 MB.
	expect(engine.stats().memoryBytes).toBeLessThan(200e6);
});

// The memory of a thread never shrinks. This test fills it, so it is the last.
test('what the memory of the module cannot hold is refused by name, and what is there goes on', async () => {
	const engine = await newEngine({ inputShape: 6, classes: 3 });
	const samples = floats(40, 6, 3);
	const others = await newEngine();
	const uploads: EngineDataset[] = [];
	// Pages of zeros take no physical memory until they are written.
	const fill = (bytes: number) => {
		const inputs = new Uint8Array(bytes);
		for (;;) uploads.push(others.upload({ inputs, inputShape: 2 ** 20 }));
	};
	expect(() => fill(2 ** 29)).toThrow(TrainerError);
	expect(() => fill(2 ** 24)).toThrow(outOfMemory);
	// 512 MB of weights.
	await expect(newEngine({ inputShape: 2 ** 20, classes: 128 })).rejects.toEqual(outOfMemory);
	const { epochs } = engine.fit(samples, { epochs: 1 });
	expect(epochs[0].loss).toBeGreaterThan(0);
	for (const upload of uploads) upload.release();
	const model = await newEngine({ inputShape: 2 ** 20, classes: 16 });
	expect(model.getWeights().bias).toHaveLength(16);
});
