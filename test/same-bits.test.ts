import { createHash } from 'node:crypto';
import { loadFashionMnist } from 'softmax-simd';
import { expect, test } from 'vitest';
import { facades } from './facades.js';
import { expectedHash, fitOptions, trainerOptions } from './same-bits.js';

const { train } = await loadFashionMnist({ folder: 'examples/sample' });

test.each(facades)('%s ends two epochs on the sample with the committed bits', async (_, create) => {
	const facade = await create(trainerOptions);
	await facade.fit({ inputs: train.inputs, labels: train.labels }, fitOptions);
	const { weight, bias } = await facade.getWeights();
	const hash = createHash('sha256').update(new Uint8Array(weight.buffer)).update(new Uint8Array(bias.buffer));
	expect(hash.digest('hex')).toBe(expectedHash);
});
