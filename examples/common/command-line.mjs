/** What the command lines of all examples have in common. */
import { parseArgs } from 'node:util';

/** The command line is wrong; the message names the flag. */
export class UsageError extends Error {}

/** What the user can put right without reading a stack trace. */
export class Advice extends Error {}

/**
 * @param options flags and positional arguments, as `parseArgs` takes them.
 * @returns `{ values, positionals }`
 * @throws UsageError
 */
export function readFlags(args, options) {
	try {
		return parseArgs({ args, ...options });
	} catch (error) {
		// The rest of Node's message explains positional arguments.
		if (error.code?.startsWith('ERR_PARSE_ARGS')) throw new UsageError(error.message.split(/\. |\n/)[0]);
		throw error;
	}
}

export function integer(values, flag, least, most) {
	const value = /^\d+$/.test(values[flag]) ? Number(values[flag]) : Number.NaN;
	if (value >= least && value <= most) return value;
	throw new UsageError(`--${flag}: expected a whole number from ${least} to ${most}, got '${values[flag]}'`);
}

export function positiveNumber(values, flag) {
	const value = values[flag].trim() === '' ? Number.NaN : Number(values[flag]);
	if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
	throw new UsageError(`--${flag}: expected a number above 0, got '${values[flag]}'`);
}

/** A fraction from 0 to 1, without the 1. */
export function fraction(values, flag) {
	const value = values[flag].trim() === '' ? Number.NaN : Number(values[flag]);
	if (value >= 0 && value < 1) return value;
	throw new UsageError(`--${flag}: expected a number from 0 to below 1, got '${values[flag]}'`);
}

/** Refuses flags that are there but empty, such as a path from a variable that is not set. */
export function refuseEmpty(values, ...names) {
	for (const flag of names) {
		if (values[flag] === '') throw new UsageError(`--${flag}: expected something, got nothing`);
	}
}

/**
 * Imports what is there only after the set-up.
 *
 * @param load such as `() => import('softmax-simd')`.
 * @throws Advice
 */
export async function importBuilt(load) {
	try {
		return await load();
	} catch (error) {
		if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
		throw new Advice('not set up yet: run `npm start`, which installs, builds and then trains');
	}
}

/**
 * Runs an example: exit code 2 where the command line is wrong, 1 where something else is.
 *
 * @param readOptions from the command line to options with `help`.
 * @param main takes the options.
 */
export async function run(readOptions, usage, main) {
	try {
		const options = readOptions(process.argv.slice(2));
		if (options.help) console.log(usage);
		else await main(options);
	} catch (error) {
		if (!(error instanceof UsageError || error instanceof Advice)) throw error;
		const isUsage = error instanceof UsageError;
		console.error(isUsage ? `${error.message} (--help lists the options)` : error.message);
		process.exitCode = isUsage ? 2 : 1;
	}
}
