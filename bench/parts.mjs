/** What is measured besides training speed; every part is one table. */
import { browserNames, browserTitles } from './browsers/system.mjs';
import { runMeasure } from './measures/run.mjs';
import { rotate } from './rotation.mjs';
import { embeddingSystems, fashionMnistSystems, numpyName } from './systems/index.mjs';
import { node24 } from './systems/node24.mjs';
import { LineProcess } from './systems/process.mjs';
import { python, pythonEnvironment, pythonScript } from './systems/python.mjs';

const precisions = ['fixed16', 'float32'];
const seeds = [0, 1, 2, 3, 4];
const facades = ['Engine', 'Trainer'];

/** A value, or why there is none. */
async function orReason(promise) {
	try {
		return await promise;
	} catch (error) {
		return { reason: error.message };
	}
}

/** Rows of `measure(name)` one after the other; one that fails becomes a row with the reason. */
async function rowsOf(labels, measureOne) {
	const rows = [];
	for (const label of labels) rows.push({ ...label, ...(await orReason(measureOne(label))) });
	return rows;
}

/** The best that any Node's compiler makes of it. */
async function peak({ quick }) {
	const commands = [process.execPath, ...(node24 ? [node24] : [])];
	const peaks = { float32: 0, int16: 0 };
	for (const command of commands) {
		const { float32, int16 } = await runMeasure('peak', { bursts: quick ? 60 : 300 }, { command });
		peaks.float32 = Math.max(peaks.float32, float32);
		peaks.int16 = Math.max(peaks.int16, int16);
	}
	return peaks;
}

async function training({ quick, folder, say, wants }) {
	const systems = fashionMnistSystems(folder, quick).filter(({ name }) => wants(name));
	if (systems.length === 0) throw new Error('neither a part nor a system has such a name');
	return rotate(systems, { rounds: quick ? 1 : 9, say });
}

async function embeddings({ quick, say }) {
	return rotate(embeddingSystems(), { rounds: quick ? 1 : 9, say });
}

async function numpyAccuracy(options) {
	const child = new LineProcess(python, [pythonScript('numpy_accuracy'), JSON.stringify(options)], {
		env: pythonEnvironment,
	});
	try {
		return await child.receive();
	} finally {
		await child.stop();
	}
}

async function accuracy({ quick, folder }) {
	const options = { folder, seeds: quick ? seeds.slice(0, 2) : seeds, epochs: 10 };
	const ours = await rowsOf(
		precisions.map((precision) => ({ name: `softmax-simd ${precision}`, precision })),
		({ precision }) => runMeasure('accuracy', { ...options, precision }),
	);
	return [...ours, ...(await rowsOf([{ name: numpyName }], () => numpyAccuracy(options)))];
}

async function timeToAccuracy({ quick, folder }) {
	const options = { folder, seeds: quick ? [0] : seeds, epochs: 13, target: 0.845 };
	return rowsOf(
		precisions.map((precision) => ({ precision })),
		async ({ precision }) => ({ runs: await runMeasure('time-to-accuracy', { ...options, precision }) }),
	);
}

async function memory({ quick, folder }) {
	/** @type {{ name: string, facade?: string }[]} */
	const trained = [{ name: '' }, ...facades.map((facade) => ({ name: ` and trains with ${facade}`, facade }))];
	const peaks = [
		{ name: 'Node alone' },
		...trained.map(({ name, facade }) => ({ name: `loads the training set${name}`, loads: 'train', facade })),
		...trained.map(({ name, facade }) => ({ name: `loads training and test set${name}`, loads: 'all', facade })),
	];
	const fits = quick ? 50 : 200;
	const growths = facades.map((facade) => ({ name: `${fits} fits with ${facade}`, facade, fits }));
	// A peak is one of Node as everyone starts it; growth is what a collection leaves.
	return rowsOf([...peaks, ...growths], ({ name, ...options }) =>
		runMeasure('memory', { folder, ...options }, { flags: options.fits ? ['--expose-gc'] : [] }),
	);
}

async function mainThread({ quick, folder }) {
	const milliseconds = quick ? 1000 : 5000;
	const rows = browserNames.map((browser) => ({ name: browserTitles[browser], browser }));
	return rowsOf(rows, ({ browser }) => {
		return runMeasure('main-thread', { browser, folder, precision: 'auto', milliseconds });
	});
}

/** In the order in which they are measured. `peak` comes first: the tables need it. */
export const parts = {
	peak,
	training,
	embeddings,
	accuracy,
	timeToAccuracy,
	inference: ({ folder }) => runMeasure('inference', { folder, precisions }),
	shapes: ({ quick }) => {
		return runMeasure('shapes', { passes: quick ? 1 : 3, precisions, batchSizes: quick ? [256] : [256, 32] });
	},
	sampleCounts: ({ quick }) => runMeasure('sample-counts', { passes: quick ? 1 : 5, precisions }),
	memory,
	example: ({ quick, folder }) => runMeasure('example', { folder, runs: quick ? 1 : 3 }),
	mainThread,
	size: () => runMeasure('size'),
};

/**
 * Measures what was asked for.
 *
 * @param context `{ quick, only, folder, say }`.
 * @returns the result of every part by its name, or `{ reason }`; `seconds` has how long each took.
 */
export async function measureParts({ only, quick, folder, say }) {
	const partNames = only.filter((name) => name in parts);
	const systemNames = only.filter((name) => !(name in parts));
	const wants = (name) => systemNames.length === 0 || systemNames.some((part) => name.includes(part));
	const isWanted = (name) =>
		only.length === 0 || name === 'peak' || partNames.includes(name) || (name === 'training' && systemNames.length > 0);
	const results = { seconds: {} };
	for (const [name, measure] of Object.entries(parts)) {
		if (!isWanted(name)) continue;
		say(name);
		const began = performance.now();
		results[name] = await orReason(measure({ quick, folder, say, wants }));
		results.seconds[name] = (performance.now() - began) / 1000;
	}
	return results;
}
