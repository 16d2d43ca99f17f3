import { parseArgs } from 'node:util';
import { root } from '../scripts/tools.mjs';

export const usage = `Measures softmax-simd and its peers side by side.

  node bench/run.mjs [options]

  --quick        fewer rounds, to see that all works; about two minutes
  --only NAME    only this part, or only the systems whose names contain this; may be repeated. Parts: training,
                 embeddings, accuracy, timeToAccuracy, inference, shapes, sampleCounts, memory, example,
                 mainThread, size, peak
  --out FOLDER   where results.json, results.md and results.png go
                 (default bench/results; out/bench with --quick or --only)
  --help         this text

PYTHON=/path/to/python3 chooses the Python of the native peers; CHROME_BIN and FIREFOX_BIN the browsers.`;

/** What the user can put right without reading a stack trace. */
export class UsageError extends Error {}

const options = {
	quick: { type: 'boolean', default: false },
	only: { type: 'string', multiple: true, default: [] },
	out: { type: 'string' },
	help: { type: 'boolean', default: false },
};

export function readOptions(args) {
	const { quick, only, out, help } = parse(args);
	const isWhole = !quick && only.length === 0;
	return { quick, only, help, out: out ?? `${root}${isWhole ? 'bench/results' : 'out/bench'}` };
}

function parse(args) {
	try {
		return parseArgs({ args, options }).values;
	} catch (error) {
		throw new UsageError(`${error.message}\n\n${usage}`);
	}
}
