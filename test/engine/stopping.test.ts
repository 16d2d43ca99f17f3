import { type EpochLog, type FitOptions, InvalidTypeError, InvalidValueError, type Trainer } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { floats, value } from '../bits/samples.js';
import { attempt } from '../calls.js';
import { facades, newTrainer, weightsOf } from '../facades.js';

const shape = { inputShape: 6, classes: 3 };
const dataset = floats(90, 6, 3);
const validationData = floats(30, 6, 3);
/** Samples whose labels are chance: what is learned of them does not help on others. */
const noise = {
	inputs: Float32Array.from({ length: 90 * 6 }, (_, index) => value(7 * index + 1)),
	labels: Array.from({ length: 90 }, (_, row) => Math.floor((value(row + 12_345) + 1) * 1.5)),
};
const fast = { epochs: 2, batchSize: 16, learningRate: 0.2 };
/** Learns the noise by heart, and gets worse at everything else. */
const overfitting: FitOptions = { epochs: 200, batchSize: 16, learningRate: 1, validationData };

function pick(rows: readonly number[], from = dataset) {
	return {
		inputs: Float32Array.from(rows.flatMap((row) => [...from.inputs.subarray(row * 6, row * 6 + 6)])),
		labels: rows.map((row) => from.labels[row]),
	};
}

describe.each(facades)('%s holds out', (_, create) => {
	/** Ten of class 0, thirty of class 1, fifty of class 2. */
	const uneven = {
		inputs: dataset.inputs,
		labels: Array.from({ length: 90 }, (_, row) => [2, 1, 2, 1, 2, 1, 2, 2, 0][row % 9]),
	};
	const everyRow = Array.from({ length: 90 }, (_, row) => row);

	/** Which rows a seed holds out: those that a step on everything else gives no gradient, each with a feature to itself. */
	async function heldOut(seed: number, validationSplit = 0.2): Promise<number[]> {
		const inputs = new Float32Array(90 * 90);
		for (const row of everyRow) inputs[row * 91] = 1;
		const facade = await create({ inputShape: 90, classes: 3, seed, initStd: 0 });
		await facade.fit({ inputs, labels: uneven.labels }, { epochs: 1, learningRate: 1, validationSplit });
		const { weight } = await facade.getWeights();
		return everyRow.filter((row) => [0, 1, 2].every((index) => weight[index * 90 + row] === 0));
	}

	test('the fraction of every class', async () => {
		const classes = (await heldOut(1)).map((row) => uneven.labels[row]);
		expect([0, 1, 2].map((index) => classes.filter((other) => other === index).length)).toEqual([2, 6, 10]);
	});

	test('the same rows for the same seed, others for another', async () => {
		const rows = await heldOut(1);
		expect(await heldOut(1)).toEqual(rows);
		expect(await heldOut(2)).not.toEqual(rows);
	});

	test('rows that it measures and never trains on', async () => {
		const rows = await heldOut(1);
		const rest = pick(
			everyRow.filter((row) => !rows.includes(row)),
			uneven,
		);
		const [split, apart] = [await create({ ...shape, seed: 1 }), await create({ ...shape, seed: 1 })];
		const options = { ...fast, shuffle: false, momentum: 0.9 };
		const history = await split.fit(uneven, { ...options, validationSplit: 0.2 });
		const expected = await apart.fit(rest, { ...options, validationData: pick(rows, uneven) });
		expect(await weightsOf(split)).toEqual(await weightsOf(apart));
		const measured = (log: EpochLog) => {
			return [log.loss, log.accuracy, log.validationAccuracy, Math.fround(log.validationLoss!)];
		};
		expect(history.epochs.map(measured)).toEqual(expected.epochs.map(measured));
	});

	test('the same rows with soft targets, by their largest', async () => {
		const targets = Float32Array.from({ length: 270 }, (_, index) => {
			return uneven.labels[Math.floor(index / 3)] === index % 3 ? 0.75 : 0.125;
		});
		const rows = await heldOut(1);
		const [split, apart] = [await create({ ...shape, seed: 1 }), await create({ ...shape, seed: 1 })];
		const rest = everyRow.filter((row) => !rows.includes(row));
		const labels = Float32Array.from(rest.flatMap((row) => [...targets.subarray(row * 3, row * 3 + 3)]));
		await split.fit({ inputs: uneven.inputs, labels: targets }, { ...fast, shuffle: false, validationSplit: 0.2 });
		await apart.fit({ inputs: pick(rest).inputs, labels }, { ...fast, shuffle: false });
		expect(await weightsOf(split)).toEqual(await weightsOf(apart));
	});

	test('nothing of the fit that comes after', async () => {
		const [split, whole] = [await create(shape), await create(shape)];
		await split.fit(dataset, { ...fast, epochs: 1, learningRate: 0, validationSplit: 0.5 });
		await whole.fit(dataset, { ...fast, epochs: 1, learningRate: 0 });
		const [after, expected] = [await split.fit(dataset, fast), await whole.fit(dataset, fast)];
		expect(await weightsOf(split)).toEqual(await weightsOf(whole));
		expect(after.epochs[0]).not.toHaveProperty('validationLoss');
		expect(after.epochs[0].loss).toBe(expected.epochs[0].loss);
	});

	test.each([
		['no sample', 0.01],
		['every sample', 0.999],
	])('not a fraction that is %s', async (_, validationSplit) => {
		const facade = await create(shape);
		const before = await weightsOf(facade);
		const run = attempt(() => facade.fit(dataset, { ...fast, validationSplit }));
		await expect(run).rejects.toMatchObject({ code: 'INVALID_VALUE', field: 'validationSplit' });
		expect(await weightsOf(facade)).toEqual(before);
		expect((await facade.fit(dataset, fast)).epochs[0].epoch).toBe(1);
	});
});

describe.each(facades)('%s stops early', (_, create) => {
	test('after the epochs of patience, with the weights of the best', async () => {
		const facade = await create(shape);
		const history = await facade.fit(noise, { ...overfitting, earlyStopping: { patience: 2 } });
		expect(history.stoppedBy).toBe('earlyStopping');
		const losses = history.epochs.map(({ validationLoss }) => validationLoss!);
		const best = Math.min(...losses);
		expect(history.bestEpoch).toBe(losses.indexOf(best) + 1);
		expect(losses).toHaveLength(history.bestEpoch! + 2);
		expect((await facade.evaluate(validationData)).loss).toBe(best);
		expect(losses.at(-1)).toBeGreaterThan(best);
	});

	test('and goes on from there: the next epoch is the one after the last, the weights those of the best', async () => {
		const [facade, other] = [await create(shape), await create(shape)];
		const { epochs, bestEpoch } = await facade.fit(noise, {
			...overfitting,
			momentum: 0.5,
			earlyStopping: { patience: 3 },
		});
		await other.fit(noise, { ...overfitting, momentum: 0.5, epochs: bestEpoch });
		expect(await weightsOf(facade)).toEqual(await weightsOf(other));
		const next = await facade.fit(noise, { ...overfitting, momentum: 0.5, epochs: 1 });
		expect(next.epochs[0].epoch).toBe(epochs.length + 1);
		expect(next).not.toHaveProperty('bestEpoch');
	});

	test('with the last weights where the best are not wanted', async () => {
		const facade = await create(shape);
		const earlyStopping = { patience: 2, restoreBest: false };
		const { epochs, bestEpoch } = await facade.fit(noise, { ...overfitting, earlyStopping });
		expect(bestEpoch).toBe(epochs.length - 2);
		expect((await facade.evaluate(validationData)).loss).toBe(epochs.at(-1)!.validationLoss);
	});

	test('on a part that it holds out itself', async () => {
		const facade = await create(shape);
		const history = await facade.fit(noise, {
			...overfitting,
			validationData: undefined,
			validationSplit: 0.3,
			earlyStopping: { patience: 1 },
		});
		expect(history.stoppedBy).toBe('earlyStopping');
		expect(history.epochs).toHaveLength(history.bestEpoch! + 1);
	});

	test('when accuracy grows no more', async () => {
		const facade = await create(shape);
		const earlyStopping = { monitor: 'accuracy' as const, patience: 4 };
		const { stoppedBy, epochs, bestEpoch } = await facade.fit(dataset, { ...fast, epochs: 1000, earlyStopping });
		expect(stoppedBy).toBe('earlyStopping');
		expect(epochs).toHaveLength(bestEpoch! + 4);
		const accuracies = epochs.map(({ accuracy }) => accuracy);
		expect(accuracies.indexOf(Math.max(...accuracies)) + 1).toBe(bestEpoch);
	});

	test('when the loss falls by less than minDelta', async () => {
		const facade = await create(shape);
		const earlyStopping = { monitor: 'loss' as const, patience: 1, minDelta: 0.05 };
		const { stoppedBy, epochs, bestEpoch } = await facade.fit(dataset, { ...fast, epochs: 1000, earlyStopping });
		expect(stoppedBy).toBe('earlyStopping');
		expect(epochs).toHaveLength(bestEpoch! + 1);
		const [before, best, last] = epochs.slice(-3).map(({ loss }) => loss);
		expect(before - best).toBeGreaterThan(0.05);
		expect(best - last).toBeLessThanOrEqual(0.05);
		expect(best - last).toBeGreaterThan(0);
	});

	test('not while it learns', async () => {
		const facade = await create(shape);
		const earlyStopping = { patience: 1 };
		const history = await facade.fit(dataset, { ...fast, epochs: 5, validationData, earlyStopping });
		expect(history).toMatchObject({ stoppedBy: 'epochs', bestEpoch: 5 });
		expect((await facade.evaluate(validationData)).loss).toBe(history.epochs[4].validationLoss);
	});

	test('restores the best when something else ends training, the last epoch being it or not', async () => {
		for (const at of [1, 3, 60]) {
			const facade = await create(shape);
			const logs: EpochLog[] = [];
			const onEpochEnd = (log: EpochLog) => {
				if (logs.push(log) === at) facade.stop();
			};
			// The learning is slow enough for several epochs to be the best so far.
			const options = { ...overfitting, learningRate: 0.05, earlyStopping: { patience: 1000 }, onEpochEnd };
			const { stoppedBy, bestEpoch } = await facade.fit(dataset, options);
			const losses = logs.map(({ validationLoss }) => validationLoss!);
			expect(stoppedBy).toBe('stop');
			expect(losses[bestEpoch! - 1]).toBe(Math.min(...losses));
			expect((await facade.evaluate(validationData)).loss).toBe(Math.min(...losses));
		}
	});
});

const contradictions: [string, FitOptions, string][] = [
	["Nesterov's momentum without momentum", { nesterov: true }, 'nesterov'],
	['both validationSplit and validationData', { validationSplit: 0.1, validationData }, 'validationSplit'],
	['early stopping by a validation that there is not', { earlyStopping: {} }, 'earlyStopping'],
	['the same by its accuracy', { earlyStopping: { monitor: 'validationAccuracy' } }, 'earlyStopping'],
];

const unknown: [string, object, string][] = [
	['an option that nobody knows', { epoch: 3 }, 'options'],
	['such an option of earlyStopping', { earlyStopping: { monitor: 'loss', delta: 3 } }, 'earlyStopping'],
	['such an option of a cosine', { learningRate: { schedule: 'cosine', initial: 1, every: 3 } }, 'learningRate'],
	['such an option of steps', { learningRate: { schedule: 'step', initial: 1, every: 3, last: 0 } }, 'learningRate'],
];

const notANumber = 'much' as unknown as number;

const invalid: [object, string, 'INVALID_TYPE' | 'INVALID_VALUE'][] = [
	[{ momentum: 1 }, 'momentum', 'INVALID_VALUE'],
	[{ momentum: -0.1 }, 'momentum', 'INVALID_VALUE'],
	[{ momentum: notANumber }, 'momentum', 'INVALID_TYPE'],
	[{ nesterov: 1, momentum: 0.9 }, 'nesterov', 'INVALID_TYPE'],
	[{ weightDecay: -1 }, 'weightDecay', 'INVALID_VALUE'],
	[{ weightDecay: Number.NaN }, 'weightDecay', 'INVALID_VALUE'],
	[{ decayBias: 'no' }, 'decayBias', 'INVALID_TYPE'],
	[{ labelSmoothing: 1 }, 'labelSmoothing', 'INVALID_VALUE'],
	[{ validationSplit: 1 }, 'validationSplit', 'INVALID_VALUE'],
	[{ learningRate: -1 }, 'learningRate', 'INVALID_VALUE'],
	[{ learningRate: 1e39 }, 'learningRate', 'INVALID_VALUE'],
	[{ learningRate: 'cosine' }, 'learningRate', 'INVALID_TYPE'],
	[{ learningRate: (epoch: number) => (epoch === 2 ? Number.NaN : 1) }, 'learningRate(2)', 'INVALID_VALUE'],
	[{ learningRate: () => undefined }, 'learningRate(1)', 'INVALID_TYPE'],
	[{ learningRate: { initial: 1 } }, 'learningRate.schedule', 'INVALID_VALUE'],
	[{ learningRate: { schedule: 'cosine' } }, 'learningRate.initial', 'INVALID_TYPE'],
	[{ learningRate: { schedule: 'cosine', initial: 1, epochs: 0 } }, 'learningRate.epochs', 'INVALID_VALUE'],
	[{ learningRate: { schedule: 'step', initial: 1 } }, 'learningRate.every', 'INVALID_TYPE'],
	[{ learningRate: { schedule: 'step', initial: 1, every: 0.5 } }, 'learningRate.every', 'INVALID_VALUE'],
	[{ earlyStopping: true }, 'earlyStopping', 'INVALID_TYPE'],
	[{ earlyStopping: { monitor: 'val_loss' } }, 'earlyStopping.monitor', 'INVALID_VALUE'],
	[{ earlyStopping: { monitor: 'loss', patience: -1 } }, 'earlyStopping.patience', 'INVALID_VALUE'],
	[{ earlyStopping: { monitor: 'loss', minDelta: -1 } }, 'earlyStopping.minDelta', 'INVALID_VALUE'],
	[{ earlyStopping: { monitor: 'loss', restoreBest: 1 } }, 'earlyStopping.restoreBest', 'INVALID_TYPE'],
	[{ sampleWeight: 0 }, 'sampleWeight', 'INVALID_TYPE'],
	[{ sampleWeight: new Array(90).fill(0) }, 'sampleWeight', 'INVALID_VALUE'],
	[{ classWeight: 'even' }, 'classWeight', 'INVALID_TYPE'],
	[{ classWeight: '' }, 'classWeight', 'INVALID_TYPE'],
	[{ classWeight: null }, 'classWeight', 'INVALID_TYPE'],
	[{ classWeight: [1, 2] }, 'classWeight', 'INVALID_VALUE'],
	[{ classWeight: { 0: -1 } }, 'classWeight["0"]', 'INVALID_VALUE'],
	[{ classWeight: { 0: 1, cat: 2 } }, 'classWeight', 'INVALID_VALUE'],
];

describe.each(facades)('%s refuses', (_, create) => {
	async function refused(options: object, error: object, labels: number[] | Float32Array = dataset.labels) {
		const facade = await create(shape);
		const before = await weightsOf(facade);
		const run = attempt(() => facade.fit({ inputs: dataset.inputs, labels }, options));
		await expect(run).rejects.toMatchObject(error);
		expect(await weightsOf(facade)).toEqual(before);
		expect((await facade.fit(dataset, fast)).epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
		return run.catch((thrown: unknown) => thrown);
	}

	test.each(contradictions)('%s', async (_, options, field) => {
		expect(await refused(options, { code: 'CONTRADICTION', field })).toBeInstanceOf(InvalidValueError);
	});

	test.each(unknown)('%s', async (_, options, field) => {
		expect(await refused(options, { code: 'UNKNOWN_OPTION', field })).toBeInstanceOf(InvalidTypeError);
	});

	test.each(invalid)('%o', async (options, field, code) => {
		await refused(options, { code, field });
	});

	test('weights of classes where targets are soft', async () => {
		const labels = new Float32Array(90 * 3).fill(0.25).map((share, index) => (index % 3 === 0 ? 0.5 : share));
		await refused({ classWeight: 'balanced' }, { code: 'CONTRADICTION', field: 'classWeight' }, labels);
	});

	test('weights of more or fewer samples than there are', async () => {
		for (const length of [89, 91]) {
			const sampleWeight = new Float32Array(length).fill(1);
			await refused({ sampleWeight }, { code: 'INVALID_DATA', field: 'sampleWeight', got: String(length) });
		}
	});

	test('a weight that is no number, and says whose it is', async () => {
		for (const bad of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
			const sampleWeight = dataset.labels.map((_, row) => (row === 7 ? bad : 1));
			await refused({ sampleWeight }, { code: 'INVALID_VALUE', field: 'sampleWeight', row: 7 });
		}
	});
});

describe('Trainer, paused', () => {
	const big = floats(3000, 6, 3);
	const options = { epochs: 4, batchSize: 7, momentum: 0.9 };

	/** A fit that pauses in its first epoch, and what resolves once it has. */
	function pausedFit(trainer: Trainer, more: FitOptions = {}) {
		let reached = () => {};
		const paused = new Promise<void>((resolve) => {
			reached = resolve;
		});
		const onEpochEnd = ({ epoch }: EpochLog) => {
			if (epoch > 1) return;
			trainer.pause();
			reached();
		};
		return { run: trainer.fit(big, { ...options, onEpochEnd, ...more }), paused };
	}

	test('ends with the bits of a fit without a rest, and every epoch told', async () => {
		const [trainer, other] = [await newTrainer(shape), await newTrainer(shape)];
		const { run, paused } = pausedFit(trainer);
		await paused;
		trainer.resume();
		const { epochs, stoppedBy } = await run;
		const expected = await other.fit(big, options);
		expect(stoppedBy).toBe('epochs');
		expect(epochs.map(({ loss }) => loss)).toEqual(expected.epochs.map(({ loss }) => loss));
		expect(await weightsOf(trainer)).toEqual(await weightsOf(other));
	});

	test('answers calls, and stands still meanwhile', async () => {
		const trainer = await newTrainer(shape);
		const { run, paused } = pausedFit(trainer);
		await paused;
		const before = await weightsOf(trainer);
		const { steps } = await trainer.stats();
		for (let call = 0; call < 20; call++) {
			const evaluation = await trainer.evaluate(dataset);
			expect(evaluation.count).toBe(90);
		}
		expect((await trainer.predict(dataset.inputs)).count).toBe(90);
		expect(await weightsOf(trainer)).toEqual(before);
		expect((await trainer.stats()).steps).toBe(steps);
		trainer.resume();
		expect((await run).epochs).toHaveLength(4);
		expect(await weightsOf(trainer)).not.toEqual(before);
	});

	test('stops when told so', async () => {
		const trainer = await newTrainer(shape);
		const { run, paused } = pausedFit(trainer);
		await paused;
		await trainer.stats();
		trainer.stop();
		expect(await run).toMatchObject({ stoppedBy: 'stop', epochs: [{ epoch: 1 }] });
		expect((await trainer.fit(dataset, fast)).stoppedBy).toBe('epochs');
	});

	test('takes an abort', async () => {
		const trainer = await newTrainer(shape);
		const controller = new AbortController();
		const { run, paused } = pausedFit(trainer, { signal: controller.signal });
		await paused;
		await trainer.stats();
		controller.abort();
		await expect(run).rejects.toMatchObject({ name: 'AbortError', history: { epochs: [{ epoch: 1 }] } });
		expect((await trainer.fit(dataset, fast)).stoppedBy).toBe('epochs');
	});

	test('before it has begun, waits, until resumed', async () => {
		const trainer = await newTrainer(shape);
		const run = trainer.fit(big, options);
		trainer.pause();
		for (let call = 0; call < 20; call++) await trainer.stats();
		// It rests after its first batch, having got that far or not.
		expect((await trainer.stats()).steps).toBeLessThanOrEqual(1);
		trainer.resume();
		expect((await run).epochs).toHaveLength(4);
	});

	test('right after it was stopped, stops all the same', async () => {
		const trainer = await newTrainer(shape);
		const onEpochEnd = () => {
			trainer.stop();
			trainer.pause();
		};
		expect((await trainer.fit(dataset, { ...fast, onEpochEnd })).stoppedBy).toBe('stop');
	});

	test('too late, leaves the next fit alone', async () => {
		const trainer = await newTrainer(shape);
		let isOver = false;
		const pauseOnAndOn = async () => {
			while (!isOver) {
				trainer.pause();
				await trainer.stats();
			}
		};
		let pausing: Promise<void> | undefined;
		const onEpochEnd = () => {
			trainer.stop();
			pausing = pauseOnAndOn();
		};
		await trainer.fit(dataset, { ...fast, onEpochEnd });
		isOver = true;
		await pausing;
		expect((await trainer.fit(dataset, fast)).epochs).toHaveLength(2);
	});

	test('means nothing where no fit runs', async () => {
		const trainer = await newTrainer(shape);
		trainer.pause();
		trainer.resume();
		trainer.pause();
		expect((await trainer.fit(dataset, fast)).epochs).toHaveLength(2);
	});
});
