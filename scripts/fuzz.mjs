/**
 * Gives damaged files to every parser, by default a million of them; build first. The first that breaks a promise is
 * kept in out/ and ends the run.
 *
 *   node scripts/fuzz.mjs [--count 1000000] [--seed 0] [--target npy]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { examine, mutate, targets } from './fuzzing.mjs';
import { createRandom } from './random.mjs';
import { root } from './tools.mjs';

const { values } = parseArgs({
	options: {
		count: { type: 'string', default: '1000000' },
		seed: { type: 'string', default: '0' },
		target: { type: 'string' },
	},
});
const { uniform } = createRandom(Number(values.seed));
const names = values.target ? [values.target] : Object.keys(targets);

/** A gzip stream costs as much as a hundred parsed headers. */
const shareOf = (/** @type {string} */ name) => (name === 'idx.gz' ? 0.05 : 1);
const totalShare = names.reduce((total, name) => total + shareOf(name), 0);

for (const name of names) {
	const count = Math.ceil((Number(values.count) * shareOf(name)) / totalShare);
	let accepted = 0;
	const start = performance.now();
	for (let i = 0; i < count; i++) {
		const bytes = mutate(targets[name].files, uniform);
		try {
			if (await examine(targets[name], bytes)) accepted++;
		} catch (error) {
			mkdirSync(`${root}out`, { recursive: true });
			writeFileSync(`${root}out/fuzz-${name}`, bytes);
			console.error(`${name}, file ${i}, kept as out/fuzz-${name}:`);
			throw error;
		}
	}
	const seconds = ((performance.now() - start) / 1000).toFixed(1);
	console.log(`${name}: ${count} files, ${accepted} of them good, the others refused, in ${seconds} s`);
}
