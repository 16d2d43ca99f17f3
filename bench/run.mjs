/** `npm run bench`: installs the peers, measures, prints one table after the other and writes the results. */
import { root } from '../scripts/tools.mjs';
import { checkBuilt, run } from './command-line.mjs';
import { installPeers } from './peers/setup.mjs';

const usage = `Measures softmax-simd and its peers side by side.

  node bench/run.mjs [options]

  --quick        fewer rounds, to see that all works; about two minutes
  --only NAME    only this part, or only the systems whose names contain this; may be repeated. Parts: training,
                 embeddings, accuracy, timeToAccuracy, inference, shapes, sampleCounts, memory, example,
                 mainThread, size, peak
  --out FOLDER   where results.json, results.md and results.png go
                 (default bench/results; out/bench with --quick or --only)
  --help         this text

PYTHON=/path/to/python3 chooses the Python of the native peers; CHROME_BIN and FIREFOX_BIN the browsers.`;

/** Says on the terminal what is being done, in one line that is written over again; says nothing elsewhere. */
function say(line) {
	if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

async function main({ quick, only, out }) {
	checkBuilt();
	installPeers();
	// Only now: these need what was installed and built.
	const { findFashionMnist } = await import('./data.mjs');
	const { measureParts } = await import('./parts.mjs');
	const { collectVersions, describeMachine } = await import('./machine.mjs');
	const { writeReport } = await import('./report/write.mjs');

	const folder = await findFashionMnist();
	const measured = await measureParts({ quick, only, folder, say });
	say('');
	const runs = [measured.training, measured.embeddings].flatMap((part) => (Array.isArray(part) ? part : []));
	const results = {
		date: new Date().toISOString().slice(0, 10),
		machine: describeMachine(),
		versions: { node: process.versions.node, ...collectVersions(runs) },
		quick,
		...measured,
	};
	const isWhole = !quick && only.length === 0;
	console.log(await writeReport(results, out ?? `${root}${isWhole ? 'bench/results' : 'out/bench'}`));
}

await run(
	usage,
	{
		options: {
			quick: { type: 'boolean', default: false },
			only: { type: 'string', multiple: true, default: [] },
			out: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	},
	main,
);
