import { createHash } from 'node:crypto';
import { loadFashionMnist } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { facades } from '../facades.js';
import { expectedHashes, fitOptions, precisions, trainerOptions } from './same-bits.js';

const { train } = await loadFashionMnist({ folder: 'examples/sample' });

describe.each(precisions)('in %s', (precision) => {
	test.each(facades)('%s ends two epochs on the sample with the committed bits', async (_, create) => {
		const facade = await create({ ...trainerOptions, precision });
		await facade.fit({ inputs: train.inputs, labels: train.labels }, fitOptions);
		const { weight, bias } = await facade.getWeights();
		const hash = createHash('sha256').update(new Uint8Array(weight.buffer)).update(new Uint8Array(bias.buffer));
		expect(hash.digest('hex')).toBe(expectedHashes[precision]);
	});
});

test('auto takes fixed16 for bytes and float32 for floats', async () => {
	for (const [, create] of facades) {
		const [bytes, floats] = [await create(), await create()];
		expect(bytes.precision).toBe('auto');
		expect((await bytes.fit(train, { epochs: 1 })).precision).toBe('fixed16');
		expect((await floats.fit({ inputs: Float32Array.of(1, 2), labels: [0, 1] })).precision).toBe('float32');
		expect([bytes.precision, floats.precision]).toEqual(['fixed16', 'float32']);
	}
});
