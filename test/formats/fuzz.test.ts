import { expect, test } from 'vitest';
import { examine, mutate, targets } from '../../scripts/fuzzing.mjs';
import { createRandom } from '../../scripts/random.mjs';

/** scripts/fuzz.mjs runs a million. */
const COUNT = 4000;

test.each(Object.keys(targets))('damaged files are refused by a typed error, or read right: %s', async (name) => {
	const target = targets[name];
	for (const file of target.files) await examine(target, file);
	const { uniform } = createRandom(1);
	let refused = 0;
	for (let i = 0; i < COUNT; i++) {
		if (!(await examine(target, mutate(target.files, uniform)))) refused++;
	}
	// Damage that is not detected is damage to the elements.
	expect(refused).toBeGreaterThan(COUNT / 2);
	expect(refused).toBeLessThan(COUNT);
});
