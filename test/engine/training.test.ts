import {
	BusyError,
	createTrainer,
	type EpochLog,
	NonFiniteLossError,
	type Progress,
	type Trainer,
	TrainerError,
} from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { bytes, floats } from '../bits/samples.js';
import { attempt } from '../calls.js';
import { facades, newEngine, newTrainer, uploadTo, weightsOf } from '../facades.js';

const shape = { inputShape: 6, classes: 3 };
const dataset = floats(90, 6, 3);
const fast = { epochs: 2, batchSize: 16, learningRate: 0.2 };

describe.each(facades)('%s', (_, create) => {
	test('learns, and tells every epoch', async () => {
		const facade = await create(shape);
		const history = await facade.fit(dataset, { ...fast, epochs: 20, validationData: dataset });
		expect(history.stoppedBy).toBe('epochs');
		expect(history.precision).toBe(facade.precision);
		expect(history.epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
		const [first, last] = [history.epochs[0], history.epochs[19]];
		expect(last.loss).toBeLessThan(first.loss);
		expect(last.validationAccuracy).toBe(1);
		expect(last.samplesPerSecond).toBeCloseTo((90 / last.milliseconds) * 1000, 3);
		const evaluation = await facade.evaluate(dataset);
		expect(evaluation).toEqual({ loss: last.validationLoss, accuracy: 1, correct: 90, count: 90 });
	});

	test('counts epochs over its life, and continues as if it had never stopped', async () => {
		const [once, twice] = [await create(shape), await create(shape)];
		await once.fit(dataset, { ...fast, epochs: 4 });
		await twice.fit(dataset, fast);
		const { epochs } = await twice.fit(dataset, fast);
		expect(epochs.map(({ epoch }) => epoch)).toEqual([3, 4]);
		expect(await weightsOf(twice)).toEqual(await weightsOf(once));
	});

	test('takes its classes and shape from the first data set', async () => {
		const facade = await create();
		expect(facade.classNames).toBeUndefined();
		const names = dataset.labels.map((label) => ['cat', 'dog', 'duck'][label]);
		await facade.fit({ inputs: dataset.inputs, labels: names, inputShape: [2, 3] }, fast);
		expect(facade.classNames).toEqual(['cat', 'dog', 'duck']);
		expect(facade.inputShape).toEqual([2, 3]);
	});

	test('finds the number of features from the number of labels', async () => {
		const facade = await create();
		await facade.fit(dataset, fast);
		expect(facade.inputShape).toEqual([6]);
		expect(facade.classNames).toEqual(['0', '1', '2']);
	});

	test('takes labels as indices, names and one-hot targets alike', async () => {
		const classes = ['cat', 'dog', 'duck'];
		const oneHot = new Float32Array(90 * 3);
		dataset.labels.forEach((label, row) => {
			oneHot[row * 3 + label] = 1;
		});
		const forms = [
			dataset.labels,
			Uint8Array.from(dataset.labels),
			dataset.labels.map((label) => classes[label]),
			oneHot,
		];
		const results = [];
		for (const labels of forms) {
			const facade = await create({ inputShape: 6, classes });
			await facade.fit({ inputs: dataset.inputs, labels }, fast);
			results.push(await weightsOf(facade));
		}
		for (const result of results) expect(result).toEqual(results[0]);
	});

	test('learns soft targets down to their entropy', async () => {
		const facade = await create({ inputShape: 1, classes: 2, initStd: 0 });
		const labels = Float32Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 0.25 : 0.75));
		const inputs = new Float32Array(20).fill(1);
		await facade.fit({ inputs, labels }, { epochs: 200, learningRate: 1 });
		const { loss } = await facade.evaluate({ inputs, labels });
		expect(loss).toBeCloseTo(-(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), 5);
	});

	test('takes one array per sample as well as one of all', async () => {
		const rows = Array.from({ length: 90 }, (_, row) => Array.from(dataset.inputs.subarray(row * 6, row * 6 + 6)));
		const [flat, nested] = [await create(shape), await create(shape)];
		await flat.fit(dataset, fast);
		await nested.fit({ inputs: rows, labels: dataset.labels }, fast);
		expect(await weightsOf(nested)).toEqual(await weightsOf(flat));
	});

	test('scales bytes to [0, 1] and leaves floats as they are', async () => {
		const pixels = bytes(90, 6, 3);
		const [scaled, plain] = [await create(shape), await create(shape)];
		await scaled.fit(pixels, { ...fast, learningRate: 0 });
		const inputs = Float32Array.from(pixels.inputs, (input) => input / 255);
		const { loss } = await plain.evaluate({ inputs, labels: pixels.labels });
		expect((await scaled.evaluate(pixels)).loss).toBeCloseTo(loss, 6);
	});

	test('scales and shifts every feature by its own numbers', async () => {
		const inputScale = Float32Array.of(1, 2, 3, 4, 5, 6);
		const inputShift = Float32Array.of(0.5, 0, -1, 0, 2, 0);
		for (const { inputs, labels } of [dataset, bytes(90, 6, 3)]) {
			const byHand = Float32Array.from(inputs, (input, index) => input * inputScale[index % 6] + inputShift[index % 6]);
			const [plain, scaled] = [
				await create(shape),
				await create({ ...shape, inputScale, inputShift, precision: 'float32' }),
			];
			const options = { ...fast, learningRate: 1e-3 };
			await plain.fit({ inputs: byHand, labels }, options);
			await scaled.fit({ inputs, labels }, options);
			const [expected, got] = [await weightsOf(plain), await weightsOf(scaled)];
			for (const [index, weight] of got.entries()) expect(weight).toBeCloseTo(expected[index], 5);
		}
	});

	test('predicts names, probabilities and the most probable classes', async () => {
		const facade = await create({ inputShape: 6, classes: ['cat', 'dog', 'duck'] });
		await facade.fit(dataset, { ...fast, epochs: 30 });
		const prediction = await facade.predict(dataset.inputs.subarray(0, 12), { topK: 2 });
		expect(prediction.count).toBe(2);
		expect(prediction.classNames).toEqual(['cat', 'dog']);
		expect(Array.from(prediction.classIndices)).toEqual([0, 1]);
		expect(prediction.probabilities).toHaveLength(6);
		const [first] = prediction.top ?? [];
		expect(first.map(({ className }) => className)[0]).toBe('cat');
		expect(first[0].probability).toBe(prediction.probabilities[0]);
		expect(first[1].probability).toBeLessThan(first[0].probability);
	});

	test('keeps an uploaded data set for many calls, until it is released', async () => {
		const [facade, other] = [await create(shape), await create(shape)];
		const handle = await uploadTo(facade, dataset);
		await facade.fit(handle, fast);
		await other.fit(dataset, fast);
		expect(await weightsOf(facade)).toEqual(await weightsOf(other));
		expect((await facade.predict(handle)).count).toBe(90);
		expect((await facade.evaluate(handle)).count).toBe(90);
		await handle.release();
		await handle.release();
		const released = attempt(() => facade.evaluate(handle));
		await expect(released).rejects.toMatchObject({ code: 'INVALID_VALUE', field: 'dataset' });
		expect((await facade.evaluate(dataset)).count).toBe(90);
	});

	test('leaves the caller its arrays as they were', async () => {
		const facade = await create(shape);
		const inputs = dataset.inputs.slice();
		const labels = Uint8Array.from(dataset.labels);
		const sampleWeight = new Float32Array(90).fill(0.5);
		const before = structuredClone({ inputs, labels, sampleWeight });
		await facade.fit({ inputs, labels }, { ...fast, sampleWeight, validationData: { inputs, labels } });
		await facade.evaluate({ inputs, labels });
		await facade.predict(inputs);
		await uploadTo(facade, { inputs, labels });
		expect({ inputs, labels, sampleWeight }).toEqual(before);
	});

	test('gives out and takes in weights', async () => {
		const [facade, other] = [await create(shape), await create({ ...shape, seed: 5 })];
		await facade.fit(dataset, fast);
		await other.setWeights(await facade.getWeights());
		expect(await weightsOf(other)).toEqual(await weightsOf(facade));
	});

	test('tells every batch loss exactly once, also of the last batches', async () => {
		const facade = await create(shape);
		const reports: Progress[] = [];
		await facade.fit(dataset, { ...fast, onProgress: (progress) => reports.push(progress) });
		expect(reports.flatMap(({ batchLosses }) => batchLosses)).toHaveLength(12);
		expect(reports.at(-1)).toMatchObject({ epoch: 2, batch: 6, batches: 6 });
	});

	test('stops after the current batch and keeps what it has learned', async () => {
		const [facade, other] = [await create(shape), await create(shape)];
		const oneBatchAnEpoch = { ...fast, batchSize: 90 };
		const history = await facade.fit(dataset, {
			...oneBatchAnEpoch,
			epochs: 1000,
			onEpochEnd: ({ epoch }) => epoch === 3 && facade.stop(),
		});
		expect(history.stoppedBy).toBe('stop');
		expect(history.epochs).toHaveLength(3);
		await other.fit(dataset, { ...oneBatchAnEpoch, epochs: 3 });
		expect(await weightsOf(facade)).toEqual(await weightsOf(other));
	});

	test('rejects with the reason of an abort, carries the epochs so far and goes on', async () => {
		const facade = await create(shape);
		const controller = new AbortController();
		const reason = new Error('enough');
		const logs: EpochLog[] = [];
		const onEpochEnd = (log: EpochLog) => logs.push(log) === 3 && controller.abort(reason);
		const run = attempt(() => facade.fit(dataset, { ...fast, epochs: 1000, signal: controller.signal, onEpochEnd }));
		await expect(run).rejects.toBe(reason);
		expect(reason).toMatchObject({ history: { epochs: logs } });
		expect((await facade.fit(dataset, fast)).epochs).toHaveLength(2);
	});

	test('passes on what a callback throws, with the weights of the last batch', async () => {
		const [facade, other] = [await create(shape), await create(shape)];
		const error = new Error('from the callback');
		const throwing = () => {
			throw error;
		};
		await expect(attempt(() => facade.fit(dataset, { ...fast, onEpochEnd: throwing }))).rejects.toBe(error);
		expect(error).toMatchObject({ history: { epochs: [{ epoch: 1 }] } });
		await other.fit(dataset, { ...fast, epochs: 1 });
		expect(await weightsOf(facade)).toEqual(await weightsOf(other));
		await expect(attempt(() => facade.fit(dataset, { ...fast, onProgress: throwing }))).rejects.toBe(error);
	});

	test('restores the last finite epoch when the loss is no longer finite', async () => {
		const facade = await create({ ...shape, inputScale: 1e3 });
		await facade.fit(dataset, { ...fast, learningRate: 1e-9 });
		const before = await weightsOf(facade);
		const run = attempt(() => facade.fit(dataset, { ...fast, learningRate: 3e38 }));
		await expect(run).rejects.toBeInstanceOf(NonFiniteLossError);
		await expect(run).rejects.toMatchObject({
			code: 'NON_FINITE_LOSS',
			field: 'learningRate',
			history: { epochs: [] },
		});
		expect(await weightsOf(facade)).toEqual(before);
		expect((await facade.fit(dataset, fast)).epochs[0].epoch).toBe(3);
	});

	test('refuses a second fit and new weights while one runs', async () => {
		const facade = await create(shape);
		const weights = await facade.getWeights();
		const attempts: Promise<unknown>[] = [];
		await facade.fit(dataset, {
			...fast,
			epochs: 1,
			onEpochEnd: () => {
				attempts.push(attempt(() => facade.fit(dataset, fast)));
				attempts.push(attempt(() => facade.setWeights(weights)));
				return Promise.allSettled(attempts);
			},
		});
		expect(attempts).toHaveLength(2);
		for (const refused of attempts) await expect(refused).rejects.toBeInstanceOf(BusyError);
	});

	test('answers other calls from inside a callback', async () => {
		const facade = await create(shape);
		const answers: unknown[] = [];
		const { epochs } = await facade.fit(dataset, {
			...fast,
			validationData: dataset,
			onEpochEnd: () => {
				answers.push(facade.evaluate(dataset), facade.predict(dataset.inputs), facade.getWeights());
				return Promise.all(answers);
			},
		});
		const [evaluation, prediction, weights] = await Promise.all(answers);
		expect(evaluation).toMatchObject({ loss: epochs[0].validationLoss, accuracy: epochs[0].validationAccuracy });
		expect(prediction).toMatchObject({ count: 90 });
		expect(weights).toHaveProperty('weight.length', 18);
	});

	test('refuses calls after dispose, which may be called twice', async () => {
		const facade = await create(shape);
		await facade.dispose();
		await facade.dispose();
		for (const call of [() => facade.fit(dataset), () => facade.predict(dataset.inputs), () => facade.getWeights()]) {
			await expect(attempt(() => call())).rejects.toMatchObject({ name: 'TrainerError', code: 'DISPOSED' });
		}
	});
});

describe('Trainer', () => {
	test('ends with the bits of Engine, whatever gets in between', async () => {
		const [trainer, engine] = [await newTrainer(shape), await newEngine(shape)];
		const big = floats(3000, 6, 3);
		const options = { epochs: 5, batchSize: 7 };
		const run = trainer.fit(big, options);
		await Promise.all(Array.from({ length: 10 }, () => trainer.evaluate(dataset)));
		await run;
		engine.fit(big, options);
		expect(await weightsOf(trainer)).toEqual(await weightsOf(engine));
	});

	test('stops when asked from outside while it trains', async () => {
		const trainer = await newTrainer(shape);
		const run = trainer.fit(dataset, { ...fast, epochs: 1e9, onProgress: () => trainer.stop() });
		expect((await run).stoppedBy).toBe('stop');
	});

	test('stops before it has begun when told so during the upload', async () => {
		const trainer = await newTrainer(shape);
		const run = trainer.fit(dataset, { ...fast, epochs: 1e9 });
		trainer.stop();
		expect((await run).stoppedBy).toBe('stop');
	});

	test('takes an abort while it trains', async () => {
		const trainer = await newTrainer(shape);
		const controller = new AbortController();
		const { signal } = controller;
		const run = trainer.fit(dataset, { ...fast, epochs: 1e9, signal, onProgress: () => controller.abort() });
		await expect(run).rejects.toMatchObject({ name: 'AbortError', history: { stoppedBy: 'epochs' } });
	});

	test('frees a data set only after the fit that uses it', async () => {
		const trainer = await newTrainer(shape);
		const handle = await trainer.upload(dataset);
		const order: string[] = [];
		const run = trainer.fit(handle, { ...fast, epochs: 50, onEpochEnd: ({ epoch }) => order.push(`epoch ${epoch}`) });
		await Promise.all([handle.release().then(() => order.push('freed')), run]);
		expect(order).toEqual([...Array.from({ length: 50 }, (_, index) => `epoch ${index + 1}`), 'freed']);
	});

	test('rejects the call that dispose interrupts', async () => {
		const trainer = await createTrainer(shape);
		const run = trainer.fit(dataset, { ...fast, epochs: 1e9, onProgress: () => trainer.dispose() });
		await expect(run).rejects.toBeInstanceOf(TrainerError);
		await expect(run).rejects.toMatchObject({ code: 'DISPOSED' });
	});

	test('refuses the data set of another trainer', async () => {
		const [trainer, other] = [await newTrainer(shape), await newTrainer(shape)];
		const handle = await other.upload(dataset);
		await expect(trainer.fit(handle, fast)).rejects.toMatchObject({ code: 'INVALID_VALUE', field: 'dataset' });
	});

	test('disposes itself at the end of a scope, where the runtime has the symbol', async () => {
		let outside: Trainer;
		{
			await using trainer = await createTrainer(shape);
			outside = trainer;
			expect(await weightsOf(trainer)).toHaveLength(21);
		}
		await expect(outside.getWeights()).rejects.toMatchObject({ code: 'DISPOSED' });
	});
});
