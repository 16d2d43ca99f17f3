/** Compares two builds of the package: speed in turns within one process, and memory. */
import { checkBuilt, run, UsageError } from './command-line.mjs';
import { checkBuild, copyBuild, loadBuild } from './compare/builds.mjs';
import { timeInTurns } from './compare/turns.mjs';
import { median, quartiles } from './statistics.mjs';

const usage = `Compares two builds of softmax-simd, each a folder with package.json and dist/.

  node bench/compare.mjs OLD NEW [options]

  --pairs COUNT  pairs of epochs, one of each build, that are timed of every case (default 60)
  --only NAME    only the cases whose names contain this; may be repeated
  --help         this text

Cases: the full Fashion-MNIST, and 4,096 samples of 1,000 classes; each in fixed16 and float32, in batches of 256.
A second instance of OLD takes part: how far its ratios are from 1 is the noise.`;

/** Ratios of the second to the first of every pair. */
function describeRatios(pairs) {
	const [first, middle, third] = quartiles(pairs.map(([a, b]) => b / a)).map((ratio) => ratio.toFixed(3));
	return `${middle} (${first} to ${third})`;
}

function describeTimes(pairs) {
	const [old, next] = [0, 1].map((index) => median(pairs.map((pair) => pair[index])).toFixed(1));
	return `${old} ms, ${next} ms`;
}

/** Whether the builds' last epochs ended in the same weights. */
function haveEqualBits(one, other) {
	const [a, b] = [one, other].map(({ engine }) => engine.getWeights());
	return ['weight', 'bias'].every((name) => Buffer.from(a[name].buffer).equals(Buffer.from(b[name].buffer)));
}

async function compareSpeed(compared, builds, pairs, folder) {
	const { prepare } = await import('./compare/cases.mjs');
	const dataset = await compared.load(folder);
	const prepared = {
		old: await prepare(builds.old, compared, dataset),
		copy: await prepare(builds.copy, compared, dataset),
		next: await prepare(builds.next, compared, dataset),
	};
	const times = timeInTurns(prepared, pairs);
	console.log(`  median epoch, old and new: ${describeTimes(times.next)}`);
	console.log(`  new / old: ${describeRatios(times.next)}`);
	console.log(`  old / old: ${describeRatios(times.copy)}`);
	console.log(`  weights after the epoch: ${haveEqualBits(prepared.old, prepared.next) ? 'equal' : 'NOT EQUAL'}`);
	for (const { engine } of Object.values(prepared)) engine.dispose();
}

async function compareMemory(compared, folders, folder) {
	const { runMeasure } = await import('./measures/run.mjs');
	for (const [name, build] of Object.entries(folders)) {
		const { kernel, peak } = await runMeasure('build-memory', { build, caseName: compared.name, folder });
		console.log(
			`  memory, ${name}: ${kernel.toFixed(1)} MB in the kernel, ${peak.toFixed(0)} MB in the process at most`,
		);
	}
}

async function main({ only, pairs: count }, builds) {
	const pairs = Number(count);
	if (builds.length !== 2) throw new UsageError(`expected two builds, got ${builds.length}\n\n${usage}`);
	if (!Number.isInteger(pairs) || pairs < 1) throw new UsageError('--pairs: expected an integer from 1 on');
	// The data are read by the project's own.
	checkBuilt();
	const [old, next] = builds.map(checkBuild);
	// Only now: these need what was built.
	const { findFashionMnist } = await import('./data.mjs');
	const { cases } = await import('./compare/cases.mjs');
	const wanted = cases.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
	if (wanted.length === 0) throw new UsageError(`no such case: there are ${cases.map(({ name }) => name).join(', ')}`);
	const folder = await findFashionMnist();
	const second = copyBuild(old);
	try {
		const loaded = { old: await loadBuild(old), copy: await loadBuild(second.folder), next: await loadBuild(next) };
		console.log(`Medians of ${pairs} paired ratios, quartiles in brackets.`);
		for (const compared of wanted) {
			console.log(compared.name);
			await compareSpeed(compared, loaded, pairs, folder);
			await compareMemory(compared, { old, new: next }, folder);
		}
	} finally {
		second.remove();
	}
}

await run(
	usage,
	{
		options: {
			pairs: { type: 'string', default: '60' },
			only: { type: 'string', multiple: true, default: [] },
			help: { type: 'boolean', default: false },
		},
		allowPositionals: true,
	},
	main,
);
