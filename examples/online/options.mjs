/** The command line of online.mjs. */
import { fraction, integer, positiveNumber, readFlags, refuseEmpty, UsageError } from '../common/command-line.mjs';

export const usage = `Learns online: a step of training for every few events that come in, and a checkpoint now and then.

Usage: PRODUCER | node examples/online.mjs --classes NAMES [options]
       node examples/online.mjs --demo [options]

An event is a line of JSON, its label a class's name or index: {"label": "cat", "input": [0.5, 0.25]}

  --checkpoint FILE    where to go on from, and where to keep what is learned
                       (default out/online.safetensors)
  --classes NAMES      names with commas between, or how many classes there are; a checkpoint
                       knows them
  --input-scale X      what numbers are multiplied by, 0.00392 (1/255) for pixels (default 1);
                       a checkpoint knows it
  --batch-size N       events per step (default 32)
  --checkpoint-every N steps per checkpoint (default 100)
  --report-every N     steps per printed line (default 20)
  --learning-rate X    (default 0.1)
  --momentum X         (default 0)
  --seed N             decides the initial weights, and the events of --demo (default 0)
  --demo               events from the images of examples/sample, without end
  --rate N             events of --demo in a second (default 500)
  --events N           so many events of --demo, counted over all runs
  -h, --help           this text

A line that is no event is reported with its number and skipped. SIGTERM, Ctrl-C and the end of
the input lose nothing: what has been read is trained on and kept in a last checkpoint. Lines are
counted over all runs: a checkpoint knows how many it has learned from, so that a sender who
repeats what came after loses nothing either when the power fails.`;

const flags = {
	checkpoint: { type: 'string', default: 'out/online.safetensors' },
	classes: { type: 'string' },
	'input-scale': { type: 'string' },
	'batch-size': { type: 'string', default: '32' },
	'checkpoint-every': { type: 'string', default: '100' },
	'report-every': { type: 'string', default: '20' },
	'learning-rate': { type: 'string', default: '0.1' },
	momentum: { type: 'string', default: '0' },
	seed: { type: 'string', default: '0' },
	demo: { type: 'boolean', default: false },
	rate: { type: 'string', default: '500' },
	events: { type: 'string' },
	help: { type: 'boolean', short: 'h', default: false },
};

function readClasses(classes) {
	if (classes === undefined) return undefined;
	const names = classes.split(',').map((name) => name.trim());
	if (names.length === 1 && /^\d+$/.test(names[0])) return integer({ classes }, 'classes', 2, 65_535);
	const isGood = names.length > 1 && names.every((name) => name !== '') && new Set(names).size === names.length;
	if (isGood) return names;
	throw new UsageError(`--classes: expected two or more different names with commas between, got '${classes}'`);
}

/**
 * @param args the command line without node and the script.
 * @throws UsageError
 */
export function readOptions(args) {
	const { values } = readFlags(args, { options: flags });
	refuseEmpty(values, 'checkpoint');
	for (const flag of ['classes', 'input-scale']) {
		if (values.demo && values[flag] !== undefined) throw new UsageError(`--demo and --${flag} exclude each other`);
	}
	if (!values.demo && values.events !== undefined) throw new UsageError('--events is for --demo only');
	return {
		help: values.help,
		checkpoint: values.checkpoint,
		classes: readClasses(values.classes),
		inputScale: values['input-scale'] === undefined ? undefined : positiveNumber(values, 'input-scale'),
		batchSize: integer(values, 'batch-size', 1, 1_000_000),
		checkpointEvery: integer(values, 'checkpoint-every', 1, 1_000_000),
		reportEvery: integer(values, 'report-every', 1, 1_000_000),
		learningRate: positiveNumber(values, 'learning-rate'),
		momentum: fraction(values, 'momentum'),
		seed: integer(values, 'seed', 0, 2 ** 32 - 1),
		demo: values.demo,
		rate: integer(values, 'rate', 1, 1_000_000),
		events: values.events === undefined ? Number.POSITIVE_INFINITY : integer(values, 'events', 1, 1e15),
	};
}
