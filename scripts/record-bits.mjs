/**
 * Prints the hashes that the cases of test/bits end in with the package as it was built:
 *
 *   node scripts/record-bits.mjs > test/golden/bits.json
 *
 * A new case adds lines to that file. Where a line changes, so do results that users were promised to get again.
 */

import * as softmaxSimd from '../dist/node/index.js';
import { loadFashionMnist } from '../dist/node/index.js';
import { caseNames, hashesOf, kindNames } from '../test/bits/cases.js';
import { root } from './tools.mjs';

const { train } = await loadFashionMnist({ folder: `${root}examples/sample` });
const recorded = {};
for (const kind of kindNames) {
	recorded[kind] = {};
	for (const name of caseNames(kind)) recorded[kind][name] = await hashesOf(name, kind, softmaxSimd, train);
}
console.log(JSON.stringify(recorded, null, '\t'));
