import { expect, test } from 'vitest';
import { createRandom, examine, mutate, targets } from '../../scripts/fuzzing.mjs';

/** scripts/fuzz.mjs runs a million. */
const COUNT = 4000;

test.each(Object.keys(targets))('damaged files are refused by a typed error, or read right: %s', async (name) => {
	const target = targets[name];
	for (const file of target.files) await examine(target, file);
	const random = createRandom(1);
	let refused = 0;
	for (let i = 0; i < COUNT; i++) {
		if (!(await examine(target, mutate(target.files, random)))) refused++;
	}
	// Damage that is not detected is damage to the elements.
	expect(refused).toBeGreaterThan(COUNT / 2);
	expect(refused).toBeLessThan(COUNT);
});
