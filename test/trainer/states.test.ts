/** What becomes of every call in every state of a trainer: the table "Calls and states" of docs/behaviour.md, walked. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { DatasetHandle, EpochLog, Gradient, History, Trainer, Weights } from 'softmax-simd';
import { expect, test } from 'vitest';
import { floats } from '../bits/samples.js';
import { newTrainer } from '../facades.js';

const shape = { inputShape: 6, classes: 3 };
const dataset = floats(90, 6, 3);

/** What calls are made with. */
interface Given {
	trainer: Trainer;
	handle: DatasetHandle;
	weights: Weights;
	gradient: Gradient;
}

/** Every call that answers with a promise, by its name in the docs. */
const calls: Record<string, (given: Given) => Promise<unknown>> = {
	fit: ({ trainer }) => trainer.fit(dataset, { epochs: 1 }),
	partialFit: ({ trainer }) => trainer.partialFit(dataset),
	gradient: ({ trainer }) => trainer.gradient(dataset),
	applyGradients: ({ trainer, gradient }) => trainer.applyGradients(gradient),
	setWeights: ({ trainer, weights }) => trainer.setWeights(weights),
	setClasses: ({ trainer }) => trainer.setClasses(['0', '1', '2']),
	reset: ({ trainer }) => trainer.reset(),
	upload: ({ trainer }) => trainer.upload(dataset),
	evaluate: ({ trainer }) => trainer.evaluate(dataset),
	predict: ({ trainer }) => trainer.predict(dataset.inputs),
	getWeights: ({ trainer }) => trainer.getWeights(),
	getState: ({ trainer }) => trainer.getState(),
	stats: ({ trainer }) => trainer.stats(),
	release: ({ handle }) => handle.release(),
	dispose: ({ trainer }) => trainer.dispose(),
};

/** Calls that take effect at once and answer with nothing. */
const controls: Record<string, (trainer: Trainer) => void> = {
	stop: (trainer) => trainer.stop(),
	pause: (trainer) => trainer.pause(),
	resume: (trainer) => trainer.resume(),
};

/** The worker that the next trainer gets. */
function watchWorkers(): () => Worker {
	const { once } = Worker.prototype;
	let last: Worker | undefined;
	Worker.prototype.once = function (this: Worker, ...parameters: Parameters<typeof once>) {
		last = this;
		return once.apply(this, parameters);
	} as typeof once;
	return () => {
		Worker.prototype.once = once;
		return last!;
	};
}

/** A trainer in a state; `run` is the fit that goes on in it, where there is one. */
interface State {
	given: Given;
	run?: Promise<History>;
}

const states: Record<string, () => Promise<State>> = {
	idle: async () => ({ given: await prepare(await newTrainer(shape)) }),
	fitting: async () => fitting(() => {}),
	paused: async () => fitting((trainer) => trainer.pause()),
	disposed: async () => {
		const given = await prepare(await newTrainer(shape));
		await given.trainer.dispose();
		return { given };
	},
	crashed: async () => {
		const lastWorker = watchWorkers();
		const trainer = await newTrainer(shape);
		const worker = lastWorker();
		const given = await prepare(trainer);
		const pending = trainer.fit(dataset, { epochs: 1e9 });
		worker.terminate();
		await expect(pending).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
		return { given };
	},
};

async function prepare(trainer: Trainer): Promise<Given> {
	const [handle, weights] = [await trainer.upload(dataset), await trainer.getWeights()];
	return { trainer, handle, weights, gradient: await trainer.gradient(dataset) };
}

/** A trainer whose fit ends only when told to, after its first epoch and `then`. */
async function fitting(then: (trainer: Trainer) => void): Promise<State> {
	const given = await prepare(await newTrainer(shape));
	let reached = () => {};
	const hasBegun = new Promise<void>((resolve) => {
		reached = resolve;
	});
	const onEpochEnd = ({ epoch }: EpochLog) => {
		if (epoch > 1) return;
		then(given.trainer);
		reached();
	};
	const run = given.trainer.fit(dataset, { epochs: 1e9, onEpochEnd });
	run.catch(() => {});
	await hasBegun;
	return { given, run };
}

/** What controls lead to, where a fit runs. */
const effects: Record<string, (trainer: Trainer, run: Promise<History>) => Promise<void>> = {
	stop: async (_, run) => expect((await run).stoppedBy).toBe('stop'),
	pause: async (trainer) => {
		const { steps } = await trainer.stats();
		for (let call = 0; call < 20; call++) expect((await trainer.stats()).steps).toBe(steps);
	},
	resume: async (trainer) => {
		const { steps } = await trainer.stats();
		while ((await trainer.stats()).steps === steps);
	},
};

type Fate = 'runs' | 'waits' | 'nothing' | 'BUSY' | 'DISPOSED' | 'WORKER_CRASHED';

/** The rows of the table in the docs. */
function readTable(): [call: string, state: string, fate: Fate][] {
	const docs = readFileSync('docs/behaviour.md', 'utf8');
	const lines = docs.slice(docs.indexOf('| call |')).split('\n');
	const cells = (line: string) =>
		line
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim());
	const [, ...names] = cells(lines[0]);
	const rows = lines.slice(2, lines.indexOf('')).map(cells);
	return rows.flatMap(([first, ...fates]) => {
		const inRow = Array.from(first.matchAll(/`(\w+)`/g), ([, call]) => call);
		return inRow.flatMap((call) => names.map((state, column) => [call, state, fateOf(fates[column])] as const));
	}) as [string, string, Fate][];
}

function fateOf(cell: string): Fate {
	const [, code] = cell.match(/`(\w+)`/) ?? [];
	if (code) return code as Fate;
	return cell.startsWith('waits') ? 'waits' : (cell as Fate);
}

const table = readTable();

test('the table names every call in every state', () => {
	const expected = [...Object.keys(calls), ...Object.keys(controls)].flatMap((call) => {
		return Object.keys(states).map((state) => `${call} ${state}`);
	});
	expect(table.map(([call, state]) => `${call} ${state}`).sort()).toEqual(expected.sort());
});

const isControl = ([call]: (typeof table)[number]) => call in controls;

test.each(table.filter((row) => !isControl(row)))('%s, %s: %s', async (call, state, fate) => {
	const { given, run } = await states[state]();
	const answer = calls[call](given);
	if (fate === 'runs') await answer;
	else if (fate !== 'waits') await expect(answer).rejects.toMatchObject({ code: fate });
	given.trainer.stop();
	if (fate !== 'waits') return;
	const order: string[] = [];
	await Promise.all([run?.then(() => order.push('fit')), answer.then(() => order.push(call))]);
	expect(order).toEqual(['fit', call]);
});

test.each(table.filter(isControl))('%s, %s: %s', async (call, state, fate) => {
	const { given, run } = await states[state]();
	controls[call](given.trainer);
	if (run) await effects[call](given.trainer, run);
	else expect(fate).toBe('nothing');
	// Nothing is left of it for a fit that comes later.
	if (state === 'idle') expect((await given.trainer.fit(dataset, { epochs: 2 })).epochs).toHaveLength(2);
	given.trainer.stop();
});
