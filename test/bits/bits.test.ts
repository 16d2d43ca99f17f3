import * as softmaxSimd from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import bits from '../golden/bits.json';
import { caseNames, hashesOf, kindNames, type Recorded } from './cases.js';

const recorded: Recorded = bits;
const { train } = await softmaxSimd.loadFashionMnist({ folder: 'examples/sample' });

describe.each(kindNames)('%s end in the recorded bits:', (kind) => {
	test.each(caseNames(kind))('%s', async (name) => {
		expect(await hashesOf(name, kind, softmaxSimd, train)).toEqual(recorded[kind][name]);
	});
});

test('all recorded trainings are run, and no two end in the same parameters', () => {
	expect(kindNames.map((kind) => [kind, caseNames(kind)])).toEqual(
		Object.entries(recorded).map(([kind, hashes]) => [kind, Object.keys(hashes)]),
	);
	const parameters = Object.values(recorded).flatMap((hashes) => Object.values(hashes).map((hash) => hash.parameters));
	expect(new Set(parameters).size).toBe(parameters.length);
});
