/** `npm run bench`: installs the peers, measures, prints one table after the other and writes the results. */
import { existsSync } from 'node:fs';
import { root } from '../scripts/tools.mjs';
import { readOptions, UsageError, usage } from './options.mjs';
import { installPeers } from './peers/setup.mjs';

/** Says on the terminal what is being done, in one line that is written over again; says nothing elsewhere. */
function say(line) {
	if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

async function main({ quick, only, out }) {
	if (!existsSync(`${root}dist/node/index.js`)) throw new UsageError('not built yet: run `npm run bench`');
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
	console.log(await writeReport(results, out));
}

try {
	const options = readOptions(process.argv.slice(2));
	if (options.help) console.log(usage);
	else await main(options);
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	console.error(error.message);
	process.exitCode = 2;
}
