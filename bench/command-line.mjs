/** What the command lines of the benchmark have in common. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { root } from '../scripts/tools.mjs';

/** What the user can put right without reading a stack trace. */
export class UsageError extends Error {}

/** Refuses to measure a package that is not there. */
export function checkBuilt() {
	if (!existsSync(`${root}dist/node/index.js`)) throw new UsageError('not built yet: run `npm run build`');
}

/**
 * Runs a command of the benchmark with `{ values, positionals }` of the command line, or prints the usage for `--help`. Where
 * the command line is wrong, the exit code is 2.
 *
 * @param {string} usage
 * @param {import('node:util').ParseArgsConfig} config
 * @param main takes values and positionals; may throw UsageErrors.
 */
export async function run(usage, config, main) {
	try {
		const { values, positionals } = parse(usage, config);
		if (values.help) console.log(usage);
		else await main(values, positionals);
	} catch (error) {
		if (!(error instanceof UsageError)) throw error;
		console.error(error.message);
		process.exitCode = 2;
	}
}

function parse(usage, config) {
	try {
		return parseArgs(config);
	} catch (error) {
		throw new UsageError(`${error.message}\n\n${usage}`);
	}
}
