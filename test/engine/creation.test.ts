import { expect, test } from 'vitest';
import { floats } from '../bits/samples.js';
import { newEngine } from '../facades.js';

// A file of its own: only the first engines of a thread wait for the kernel at the same time.
test('engines created at the same time share the kernel, and each has its own model', async () => {
	const create = () => newEngine({ inputShape: 4, classes: 2 });
	const [one, other] = await Promise.all([create(), create()]);
	const untrained = other.getWeights();
	one.fit(floats(8, 4, 2), { epochs: 1 });
	expect(other.getWeights()).toEqual(untrained);
	expect(one.getWeights()).not.toEqual(untrained);
});
