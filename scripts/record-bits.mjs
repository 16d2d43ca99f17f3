/**
 * Prints the hashes that the cases of test/bits end in with the package as it was built:
 *
 *   node scripts/record-bits.mjs > test/golden/bits.json
 *
 * A new case adds lines to that file. Where a line changes, so do results that users were promised to get again.
 */
import * as softmaxSimd from 'softmax-simd';
import { allHashes } from '../test/bits/cases.js';
import { root } from './tools.mjs';

const { train } = await softmaxSimd.loadFashionMnist({ folder: `${root}examples/sample` });
console.log(JSON.stringify(await allHashes(softmaxSimd, train), null, '\t'));
