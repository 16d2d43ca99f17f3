/** Runs examples in child processes, as their users do. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Exit code and output of a process that has ended. */
export interface Ended {
	code: number | null;
	output: string;
	errors: string;
}

/** An example that runs. */
export interface Running {
	child: ChildProcessWithoutNullStreams;
	ended: Promise<Ended>;
	/** Resolves once the output holds the text; rejects where the process ends without it. */
	says(wanted: string): Promise<void>;
}

/** Starts `node examples/<name> ...args` in a folder. */
export function start(name: string, args: string[], folder: string): Running {
	const child = spawn(process.execPath, [`${root}/examples/${name}`, ...args], { cwd: folder });
	const code = new Promise<number | null>((resolve) => child.on('close', resolve));
	let output = '';
	child.stdout.on('data', (chunk) => {
		output += chunk;
	});
	const ended = Promise.all([text(child.stderr), code]).then(([errors, exitCode]) => {
		return { code: exitCode, output, errors };
	});
	const says = (wanted: string) =>
		new Promise<void>((resolve, reject) => {
			const look = () => output.includes(wanted) && resolve();
			child.stdout.on('data', look);
			ended.then(({ errors }) => reject(new Error(`ended without saying '${wanted}': ${errors}`)));
			look();
		});
	return { child, ended, says };
}

/** Runs an example to its end; what `input` gives goes to its standard input. */
export function run(name: string, args: string[], folder: string, input = ''): Promise<Ended> {
	const { child, ended } = start(name, args, folder);
	// An example that ends before it has read all input is no error here; its output shows what it has read.
	child.stdin.on('error', () => {});
	child.stdin.end(input);
	return ended;
}

/** The result of an example that refuses in one line: exit code 2 for the command line, 1 for anything else. */
export function refusal(line: string, code = 2): Ended {
	return { code, output: '', errors: `${line}${code === 2 ? ' (--help lists the options)' : ''}\n` };
}
