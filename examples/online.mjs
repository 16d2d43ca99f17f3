/** Learns online from a stream of events, and loses none of them. `node examples/online.mjs --help` lists the options. */
import { importBuilt, run } from './common/command-line.mjs';
import { openLearner } from './online/learner.mjs';
import { readLines } from './online/lines.mjs';
import { readOptions, usage } from './online/options.mjs';

/** Aborted by the first SIGTERM or Ctrl-C, or when nobody reads the output any more; a second signal ends the process. */
function stopSignal() {
	const stop = new AbortController();
	const signals = ['SIGTERM', 'SIGINT'];
	const end = () => {
		stop.abort();
		for (const signal of signals) process.off(signal, end);
	};
	for (const signal of signals) process.on(signal, end);
	process.stdout.on('error', () => stop.abort());
	return stop.signal;
}

/** What was read before the input failed is kept all the same. */
function failInput(error) {
	console.error(`the input ends here: ${error.message}`);
	process.exitCode = 1;
}

async function openLines(options, learner, signal) {
	if (!options.demo) return readLines(process.stdin, signal, failInput);
	const { demoLines } = await import('./online/demo.mjs');
	return demoLines({ ...options, first: learner.linesTaken }, signal);
}

async function main(options) {
	const signal = stopSignal();
	const core = await importBuilt(() => import('softmax-simd'));
	const learner = await openLearner(core, await importBuilt(() => import('softmax-simd/formats')), options);
	console.log(learner.describe());
	for await (const line of await openLines(options, learner, signal)) await learner.take(line);
	console.log(await learner.close());
}

await run(readOptions, usage, main);
