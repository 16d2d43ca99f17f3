import { describe, expect, it } from 'vitest';
import { newEngine, newTrainer } from '../facades.js';

const features = 1000;
/** More than one slice on the way to the worker, the last one shorter. */
const count = 2500;
const labels = Uint8Array.from({ length: count }, (_, row) => row % 3);

describe('a data set on its way to the worker', () => {
	it.each([
		['Uint8Array', Uint8Array.from({ length: count * features }, (_, i) => (i * 7919) % 251)],
		['Float32Array', Float32Array.from({ length: count * features }, (_, i) => ((i * 7919) % 251) / 250)],
		['Buffer', Buffer.from(Uint8Array.from({ length: count * features }, (_, i) => (i * 7919) % 251))],
	])('arrives whole, and the %s stays as it was', async (_, inputs) => {
		const before = Array.from(inputs.subarray(-features));
		const trainer = await newTrainer();
		const engine = await newEngine();
		await trainer.fit({ inputs, labels }, { epochs: 1 });
		engine.fit({ inputs, labels }, { epochs: 1 });
		expect(await trainer.getWeights()).toEqual(engine.getWeights());
		expect(inputs).toHaveLength(count * features);
		expect(Array.from(inputs.subarray(-features))).toEqual(before);
	});
});
