import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Runs a module in a Node of its own; one that does not end by itself is killed after a minute, and has no exit code. */
function run(source: string) {
	const prelude = `
		import { createTrainer } from 'softmax-simd';
		const dataset = { inputs: Float32Array.from({ length: 400 }, (_, index) => index % 7), labels: Array.from({ length: 100 }, (_, row) => row % 2) };
	`;
	const options = { encoding: 'utf8', timeout: 60_000 } as const;
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		['--input-type=module', '-e', prelude + source],
		options,
	);
	return { status, stdout, stderr };
}

test('a process that trained ends by itself, without dispose', () => {
	const { status, stdout } = run(`
		const trainer = await createTrainer();
		const { epochs } = await trainer.fit(dataset, { epochs: 2, onEpochEnd: async () => {}, onProgress() {} });
		await trainer.upload(dataset);
		console.log(epochs.length);
	`);
	expect([status, stdout.trim()]).toEqual([0, '2']);
});

test('a process that trained ends by itself, after dispose', () => {
	const { status, stdout } = run(`
		const trainer = await createTrainer();
		await trainer.fit(dataset, { epochs: 2 });
		await trainer.dispose();
		console.log('disposed');
	`);
	expect([status, stdout.trim()]).toEqual([0, 'disposed']);
});

test('a process ends after an uncaught error, while a fit runs', () => {
	const { status, stderr } = run(`
		const trainer = await createTrainer();
		const run = trainer.fit(dataset, { epochs: 1e9, onProgress() { queueMicrotask(() => { throw new Error('uncaught'); }); } });
		await run;
	`);
	expect(status).toBe(1);
	expect(stderr).toContain('Error: uncaught');
});

test.each([
	['before anything is sent', `await createTrainer({ classes: -1 });`],
	['from the worker', `await (await createTrainer()).fit({ inputs: new Float32Array(4), labels: [0, -1] });`],
])('an uncaught error %s is printed without the sources that the package carries', (_, source) => {
	const { status, stderr } = run(source);
	expect(status).toBe(1);
	expect(stderr).toContain('InvalidValueError: ');
	const longest = Math.max(...stderr.split('\n').map((line) => line.length));
	expect(longest).toBeLessThan(400);
});

test('a process stays until its fit is done, though nothing else keeps it', () => {
	const { status, stdout } = run(`
		const trainer = await createTrainer();
		trainer.fit(dataset, { epochs: 200 }).then(({ epochs }) => console.log(epochs.length));
	`);
	expect([status, stdout.trim()]).toEqual([0, '200']);
});

test('a worker that dies mid-fit rejects every call with WorkerCrashedError', () => {
	const { status, stdout } = run(`
		import { Worker } from 'node:worker_threads';
		const on = Worker.prototype.once;
		let worker;
		Worker.prototype.once = function (...parameters) { worker = this; return on.apply(this, parameters); };
		const trainer = await createTrainer({ inputShape: 4, classes: 2 });
		const outcomeOf = (call) => call.then(() => 'answered', ({ name, code }) => [name, code]);
		let evaluation;
		const onProgress = () => {
			worker.terminate();
			evaluation ??= outcomeOf(trainer.evaluate(dataset));
		};
		const fit = await outcomeOf(trainer.fit(dataset, { epochs: 1e9, onProgress }));
		const later = await outcomeOf(trainer.getWeights());
		console.log(JSON.stringify({ fit, evaluation: await evaluation, later }));
	`);
	const crashed = ['WorkerCrashedError', 'WORKER_CRASHED'];
	expect(status).toBe(0);
	expect(JSON.parse(stdout)).toEqual({ fit: crashed, evaluation: crashed, later: crashed });
});

test('importing the package starts nothing', () => {
	const { status, stdout } = run(`
		console.log(typeof createTrainer, process.getActiveResourcesInfo().join());
	`);
	expect(status).toBe(0);
	expect(stdout).toMatch(/^function/);
	expect(stdout).not.toMatch(/Worker|MessagePort/);
});

/** What a call of the package rejects with is the caller's to handle, and theirs alone: nothing else may end the process. */
const silent: [string, string][] = [
	[
		'an abort while data are sent and validation data are refused',
		`const trainer = await createTrainer({ inputShape: 4, classes: 2 });
		const large = { inputs: new Float32Array(4_000_000), labels: new Uint8Array(1_000_000) };
		const controller = new AbortController();
		const validationData = { inputs: new Float32Array(8), labels: [0, 1], classNames: ['a', 'b', 'c'] };
		const run = trainer.fit(large, { validationData, signal: controller.signal });
		controller.abort();
		await run.catch(() => {});
		await trainer.stats();`,
	],
	[
		'inputs that throw while they are read, and dispose',
		`const trainer = await createTrainer({ inputShape: 2, classes: 2 });
		let reads = 0;
		const row = new Proxy([1, 2], { get: (array, key) => { if (key === '0' && reads++ > 0) throw new Error('gone'); return array[key]; } });
		await trainer.predict([row]).catch(() => {});
		await trainer.dispose();`,
	],
	[
		'a hole between rows, and dispose',
		`const trainer = await createTrainer({ inputShape: 2, classes: 2 });
		await trainer.predict([[1, 2], , [3, 4]]).catch(() => {});
		await trainer.dispose();`,
	],
	[
		'labels that cannot cross to the worker, and dispose',
		`const trainer = await createTrainer({ inputShape: 2, classes: 2 });
		await trainer.upload({ inputs: [[1, 2], [3, 4]], labels: [0, () => {}] }).catch(() => {});
		await trainer.dispose();`,
	],
	[
		'dispose while data are sent for every kind of call',
		`const trainer = await createTrainer({ inputShape: 4, classes: 2 });
		const large = { inputs: new Float32Array(4_000_000), labels: new Uint8Array(1_000_000) };
		const calls = [trainer.upload(large), trainer.evaluate(large), trainer.predict(large), trainer.partialFit(large), trainer.fit(large)];
		const settled = Promise.allSettled(calls);
		await trainer.dispose();
		await settled;`,
	],
	[
		'a stream that fails once nobody waits for it any more',
		`const trainer = await createTrainer({ inputShape: 4, classes: 2 });
		let fail;
		const source = {
			[Symbol.asyncIterator]: () => ({
				next: () => new Promise((_, reject) => { fail = reject; }),
				return: async () => { throw new Error('late'); },
			}),
		};
		const run = trainer.fit(source);
		while (!fail) await trainer.stats();
		trainer.stop();
		await run;
		fail(new Error('later'));
		await trainer.stats();
		await trainer.dispose();`,
	],
];

test.each(silent)('a process survives %s', (_, source) => {
	const { status, stdout, stderr } = run(`${source} await new Promise(setImmediate); console.log('alive');`);
	expect([status, stdout.trim(), stderr]).toEqual([0, 'alive', '']);
});

const stuck: [string, string, string][] = [
	['has stalled', '(async function* () { worker.terminate(); await new Promise(() => {}); })()', 'WORKER_CRASHED'],
	[
		'never closes after a chunk that was refused',
		`{ [Symbol.asyncIterator]: () => ({
			next: async () => ({ done: false, value: { inputs: [[1, 2, 3, 4]], labels: [7] } }),
			return: () => { worker.terminate(); return new Promise(() => {}); },
		}) }`,
		'INVALID_DATA',
	],
];

test.each(stuck)('a worker that dies ends a fit whose stream %s', (_, stream, code) => {
	const { status, stdout } = run(`
		import { Worker } from 'node:worker_threads';
		const on = Worker.prototype.once;
		let worker;
		Worker.prototype.once = function (...parameters) { worker = this; return on.apply(this, parameters); };
		const trainer = await createTrainer({ inputShape: 4, classes: 2 });
		// Stands for the source of a stream, which keeps the process alive; an idle worker does not.
		const source = setInterval(() => {}, 1000);
		const error = await trainer.fit(${stream}, { shuffleBuffer: 1 }).catch((error) => error);
		console.log(error.code);
		clearInterval(source);
	`);
	expect([status, stdout.trim()]).toEqual([0, code]);
});
