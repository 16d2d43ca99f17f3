import { Engine, type FitOptions, restoreTrainer, type TrainerOptions, type TrainerState } from 'softmax-simd';
import { decodeModel, encodeModel } from 'softmax-simd/formats';
import { afterEach, describe, expect, test } from 'vitest';
import { bytes, floats } from '../bits/samples.js';
import { attempt } from '../calls.js';
import { type Facade, facades, weightsOf } from '../facades.js';

const names = ['cat', 'dog', 'duck'];
const dataset = floats(90, 6, 3);
const pixels = bytes(90, 6, 3);
const scaling = {
	inputScale: Float32Array.of(1, 2, 3, 0.5, 1, 2),
	inputShift: Float32Array.of(0.5, 0, -1, 0, 0.25, 0),
};

const restored: Facade[] = [];
afterEach(async () => {
	for (const facade of restored.splice(0)) await facade.dispose();
});

const fast: FitOptions = { epochs: 2, batchSize: 16, learningRate: 0.2 };
const momentum: FitOptions = { ...fast, momentum: 0.9, nesterov: true, weightDecay: 0.01 };
/** Four epochs of one schedule, in two fits of two. */
const cosine: FitOptions = {
	...momentum,
	learningRate: { schedule: 'cosine', initial: 0.4, last: 0.01, epochs: 4, firstEpoch: 1 },
};
const byEpoch: FitOptions = { ...fast, learningRate: (epoch) => 0.4 / epoch };

const runs: [string, TrainerOptions, FitOptions, typeof dataset | typeof pixels][] = [
	['plain steps', {}, fast, dataset],
	['momentum', {}, momentum, dataset],
	['a cosine and momentum', {}, cosine, dataset],
	['a rate by the epoch', {}, byEpoch, dataset],
	['a held-out part and weights of classes', {}, { ...fast, validationSplit: 0.2, classWeight: 'balanced' }, dataset],
	['bytes', {}, momentum, pixels],
	['bytes in float32', { precision: 'float32' }, momentum, pixels],
	['inputs scaled one by one', scaling, momentum, dataset],
	['names, a shape and a seed', { inputShape: [2, 3], classes: names, seed: 2 ** 32 - 1, initStd: 0.5 }, fast, dataset],
];

/** Ways for a state from one trainer to the next. */
const ways: [string, (state: TrainerState) => TrainerState][] = [
	['as it is', (state) => state],
	['through a model file', (state) => decodeModel(encodeModel({ ...state, options: { batchSize: 16 } }))],
	['through a structured clone', (state) => structuredClone(state)],
];

describe.each(facades)('%s', (facadeName, create) => {
	async function restore(state: TrainerState): Promise<Facade> {
		const facade = await (facadeName === 'Engine' ? Engine.restore(state) : restoreTrainer(state));
		restored.push(facade);
		return facade;
	}

	describe.each(ways)('resumes from its state, %s, to the bits of never having stopped', (_, travel) => {
		test.each(runs)('with %s', async (_, options, fit, data) => {
			const settings = { inputShape: 6, classes: 3, ...options };
			const [whole, begun] = [await create(settings), await create(settings)];
			await whole.fit(data, fit);
			const expected = await whole.fit(data, fit);
			await begun.fit(data, fit);
			const state = travel(await begun.getState());
			await begun.dispose();
			const resumed = await restore(state);
			const history = await resumed.fit(data, fit);
			expect(await weightsOf(resumed)).toEqual(await weightsOf(whole));
			const numbers = ({ epochs }: typeof history) => {
				return epochs.map((log) => [log.epoch, log.loss, log.accuracy, log.validationLoss]);
			};
			expect(numbers(history)).toEqual(numbers(expected));
			expect(history.epochs.map(({ epoch }) => epoch)).toEqual([3, 4]);
			expect(await resumed.getState()).toEqual(await whole.getState());
			expect(resumed.classNames).toEqual(whole.classNames);
			expect(resumed.inputShape).toEqual(whole.inputShape);
			expect(resumed.precision).toBe(whole.precision);
			expect(await resumed.predict(data.inputs)).toEqual(await whole.predict(data.inputs));
		});
	});

	test('halves of a schedule make the whole', async () => {
		const settings = { inputShape: 6, classes: 3 };
		const [whole, halves] = [await create(settings), await create(settings)];
		const { learningRate: _, ...options } = cosine;
		const schedule = { schedule: 'cosine' as const, initial: 0.4, last: 0.01 };
		await whole.fit(dataset, { ...options, epochs: 4, learningRate: schedule });
		await halves.fit(dataset, cosine);
		await (await restore(await halves.getState())).fit(dataset, cosine);
		await halves.fit(dataset, cosine);
		expect(await weightsOf(halves)).toEqual(await weightsOf(whole));
		expect(await weightsOf(restored[0])).toEqual(await weightsOf(whole));
	});

	test('without its velocity ends elsewhere, so that momentum is told from none', async () => {
		const facade = await create({ inputShape: 6, classes: 3 });
		await facade.fit(dataset, momentum);
		const { velocity, ...forgetful } = await facade.getState();
		expect(velocity?.weight).toHaveLength(18);
		const resumed = await restore(forgetful);
		await resumed.fit(dataset, momentum);
		await facade.fit(dataset, momentum);
		expect(await weightsOf(resumed)).not.toEqual(await weightsOf(facade));
	});

	test('goes on with partial fits as well', async () => {
		const facade = await create({ inputShape: 6, classes: 3 });
		const options = { momentum: 0.9 };
		await facade.partialFit(dataset, options);
		const resumed = await restore(await facade.getState());
		expect(await resumed.partialFit(dataset, options)).toMatchObject({
			loss: (await facade.partialFit(dataset, options)).loss,
		});
		expect(await weightsOf(resumed)).toEqual(await weightsOf(facade));
	});

	test('chooses its arithmetic by the data after as before', async () => {
		const facade = await create({ inputShape: 6, classes: 3 });
		for (const [before, after] of [
			[pixels, dataset],
			[dataset, pixels],
		]) {
			await facade.reset();
			await facade.fit(before, fast);
			const resumed = await restore(await facade.getState());
			await facade.fit(after, fast);
			await resumed.fit(after, fast);
			expect(await weightsOf(resumed)).toEqual(await weightsOf(facade));
		}
	});

	test('keeps the classes that it was given last', async () => {
		const facade = await create({ inputShape: 6, classes: names });
		await facade.fit(dataset, momentum);
		await facade.setClasses(['duck', 'cat', 'owl', 'bat']);
		const resumed = await restore(await facade.getState());
		expect(resumed.classNames).toEqual(['duck', 'cat', 'owl', 'bat']);
		expect(await weightsOf(resumed)).toEqual(await weightsOf(facade));
	});

	test('gives copies: what is done to a state does nothing to the trainer, nor the other way round', async () => {
		const facade = await create({ inputShape: 6, classes: names, ...scaling });
		await facade.fit(dataset, momentum);
		const [state, copy] = [await facade.getState(), structuredClone(await facade.getState())];
		await facade.fit(dataset, momentum);
		expect(state).toEqual(copy);
		const before = structuredClone(await facade.getState());
		for (const values of [state.weight, state.bias, state.inputScale!, state.inputShift!, state.velocity!.weight]) {
			values.fill(7);
		}
		(state.classNames as string[])[0] = 'owl';
		(state.inputShape as number[])[0] = 1;
		expect(await facade.getState()).toEqual(before);
	});

	test('is told of a state before it is ready', async () => {
		const facade = await create();
		await expect(attempt(() => facade.getState())).rejects.toMatchObject({ code: 'NOT_READY' });
	});

	const good = {
		weight: new Float32Array(18),
		bias: new Float32Array(3),
		inputShape: [6],
		seed: 0,
		initStd: 0.01,
		precision: 'auto',
		epoch: 2,
	};

	test('takes the state that the following are made from', async () => {
		const { epochs } = await (await restore(good as TrainerState)).fit(dataset, fast);
		expect(epochs[0].epoch).toBe(3);
	});

	const bad: [string, unknown, string, 'INVALID_TYPE' | 'INVALID_VALUE'][] = [
		['nothing', undefined, 'state', 'INVALID_TYPE'],
		['null', null, 'state', 'INVALID_TYPE'],
		['no weights', { ...good, weight: undefined }, 'weight', 'INVALID_TYPE'],
		['weights in another array', { ...good, weight: new Float64Array(18) }, 'weight', 'INVALID_TYPE'],
		['too few weights', { ...good, weight: new Float32Array(17) }, 'weight', 'INVALID_VALUE'],
		['a weight that is NaN', { ...good, weight: new Float32Array(18).fill(Number.NaN) }, 'weight', 'INVALID_VALUE'],
		['no biases', { ...good, bias: undefined }, 'bias', 'INVALID_TYPE'],
		['biases of other classes', { ...good, classNames: ['cat', 'dog'] }, 'weight', 'INVALID_VALUE'],
		['one class', { ...good, bias: new Float32Array(1) }, 'classes', 'INVALID_VALUE'],
		['a name twice', { ...good, classNames: ['cat', 'dog', 'cat'] }, 'classes', 'INVALID_VALUE'],
		['no shape', { ...good, inputShape: undefined }, 'inputShape', 'INVALID_TYPE'],
		['another shape', { ...good, inputShape: [7] }, 'weight', 'INVALID_VALUE'],
		['no seed that is one', { ...good, seed: -1 }, 'seed', 'INVALID_VALUE'],
		['an unknown precision', { ...good, precision: 'float16' }, 'precision', 'INVALID_VALUE'],
		['an epoch before the first', { ...good, epoch: -1 }, 'epoch', 'INVALID_VALUE'],
		['no epoch', { ...good, epoch: undefined }, 'epoch', 'INVALID_TYPE'],
		['scales of other features', { ...good, inputScale: new Float32Array(5) }, 'inputScale', 'INVALID_VALUE'],
		['half a velocity', { ...good, velocity: { weight: good.weight } }, 'velocity.bias', 'INVALID_TYPE'],
		['a velocity that is none', { ...good, velocity: 0.9 }, 'velocity.weight', 'INVALID_TYPE'],
		[
			'a velocity of another length',
			{ ...good, velocity: { weight: good.bias, bias: good.bias } },
			'velocity.weight',
			'INVALID_VALUE',
		],
	];

	test.each(bad)('refuses a state with %s', async (_, state, field, code) => {
		await expect(restore(state as TrainerState)).rejects.toMatchObject({ field, code });
	});
});
