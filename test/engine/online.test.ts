import { BusyError, type FitOptions, MemoryLimitError, type PartialFitOptions } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { bytes, floats } from '../bits/samples.js';
import { attempt } from '../calls.js';
import { facades, newTrainer, uploadTo, weightsOf } from '../facades.js';

const shape = { inputShape: 6, classes: 3 };
const dataset = floats(90, 6, 3);

/** The samples in batches of 16, the last one smaller. */
function batchesOf({ inputs, labels }: { inputs: Float32Array | Uint8Array; labels: number[] }) {
	return Array.from({ length: Math.ceil(labels.length / 16) }, (_, batch) => ({
		inputs: inputs.subarray(batch * 16 * 6, (batch + 1) * 16 * 6),
		labels: labels.slice(batch * 16, (batch + 1) * 16),
	}));
}

describe.each(facades)('%s learns online', (_, create) => {
	test('and tells loss and accuracy before each step, and what it has seen', async () => {
		const facade = await create(shape);
		let seen = 0;
		for (const batch of batchesOf(dataset)) {
			const { loss, accuracy, count } = await facade.evaluate(batch);
			seen += count;
			const step = await facade.partialFit(batch, { learningRate: 0.5 });
			expect(step).toEqual({ loss, accuracy, samplesSeen: seen });
			expect((await facade.evaluate(batch)).loss).toBeLessThan(loss);
		}
		expect(seen).toBe(90);
	});

	const options: [string, PartialFitOptions, typeof dataset | ReturnType<typeof bytes>][] = [
		['no options', {}, dataset],
		['momentum and decay', { momentum: 0.9, nesterov: true, weightDecay: 0.01, decayBias: false }, dataset],
		['smoothed labels', { labelSmoothing: 0.1, learningRate: 0.3 }, dataset],
		['weights of classes', { classWeight: [1, 2, 0.5] }, dataset],
		['bytes', { momentum: 0.5 }, bytes(90, 6, 3)],
	];

	test.each(options)('as fit does in the order of the samples: with %s', async (_, partial, data) => {
		const [online, fitted] = [await create(shape), await create(shape)];
		const losses: number[] = [];
		for (const batch of batchesOf(data)) losses.push((await online.partialFit(batch, partial)).loss);
		const expected: number[] = [];
		const onProgress: FitOptions['onProgress'] = ({ batchLosses }) => {
			expected.push(...batchLosses);
		};
		await fitted.fit(data, { ...partial, epochs: 1, batchSize: 16, shuffle: false, onProgress });
		expect(await weightsOf(online)).toEqual(await weightsOf(fitted));
		expect(losses).toEqual(expected);
	});

	test('from a data set that was uploaded, with weights of its samples', async () => {
		const [one, other] = [await create(shape), await create(shape)];
		const handle = await uploadTo(one, dataset);
		const sampleWeight = dataset.labels.map((_, row) => row % 4);
		const step = await one.partialFit(handle, { sampleWeight });
		expect(await other.partialFit(dataset, { sampleWeight })).toEqual(step);
		expect(await weightsOf(one)).toEqual(await weightsOf(other));
	});

	test('outside of any epoch: the shuffles of a fit are those that it would have had', async () => {
		const [online, fitted] = [await create(shape), await create(shape)];
		await online.partialFit(dataset, { learningRate: 0 });
		const fast = { epochs: 2, batchSize: 16, learningRate: 0.2 };
		const { epochs } = await online.fit(dataset, fast);
		await fitted.fit(dataset, fast);
		expect(epochs[0].epoch).toBe(1);
		expect(await weightsOf(online)).toEqual(await weightsOf(fitted));
	});

	test('at a rate that may be a function of the epoch to come, asked for once', async () => {
		const [online, expected] = [await create(shape), await create(shape)];
		for (const facade of [online, expected]) await facade.fit(dataset, { epochs: 2 });
		const asked: number[] = [];
		const learningRate = (epoch: number) => {
			asked.push(epoch);
			return 0.125 * epoch;
		};
		await online.partialFit(dataset, { learningRate });
		await expected.partialFit(dataset, { learningRate: 0.375 });
		expect(asked).toEqual([3]);
		expect(await weightsOf(online)).toEqual(await weightsOf(expected));
	});

	test('and settles shape and classes by the first batch', async () => {
		const facade = await create();
		await facade.partialFit({ inputs: dataset.inputs, labels: dataset.labels.map((label) => ['a', 'b', 'c'][label]) });
		expect(facade.classNames).toEqual(['a', 'b', 'c']);
		expect(facade.inputShape).toEqual([6]);
	});

	test('by options of one step only', async () => {
		const facade = await create(shape);
		const before = await weightsOf(facade);
		const refused: [object, string][] = [
			[{ epochs: 2 }, 'UNKNOWN_OPTION'],
			[{ batchSize: 2 }, 'UNKNOWN_OPTION'],
			[{ validationSplit: 0.5 }, 'UNKNOWN_OPTION'],
			[{ onEpochEnd: () => {} }, 'UNKNOWN_OPTION'],
			[{ nesterov: true }, 'CONTRADICTION'],
			[{ learningRate: -1 }, 'INVALID_VALUE'],
			[{ sampleWeight: [1] }, 'INVALID_DATA'],
		];
		for (const [options, code] of refused) {
			await expect(attempt(() => facade.partialFit(dataset, options))).rejects.toMatchObject({ code });
		}
		expect(await weightsOf(facade)).toEqual(before);
		expect((await facade.partialFit(dataset)).samplesSeen).toBe(90);
	});

	test('but not while it fits', async () => {
		const facade = await create(shape);
		const attempts: Promise<unknown>[] = [];
		await facade.fit(dataset, {
			epochs: 1,
			onEpochEnd: () => {
				attempts.push(attempt(() => facade.partialFit(dataset)));
				return Promise.allSettled(attempts);
			},
		});
		expect(attempts).toHaveLength(1);
		await expect(attempts[0]).rejects.toBeInstanceOf(BusyError);
	});

	test('and recovers from a step into infinity', async () => {
		const facade = await create({ ...shape, inputScale: 1e3 });
		await facade.partialFit(dataset, { learningRate: 1e-9 });
		const before = await weightsOf(facade);
		const tooFar = attempt(() => facade.partialFit(dataset, { learningRate: 3e38 }));
		await expect(tooFar).rejects.toMatchObject({ code: 'NON_FINITE_LOSS' });
		expect(await weightsOf(facade)).toEqual(before);
		expect((await facade.fit(dataset, { epochs: 1, learningRate: 1e-9 })).epochs[0].epoch).toBe(1);
	});
});

describe('Trainer learns online', () => {
	test('in the order of the calls, none waited for', async () => {
		const [trainer, other] = [await newTrainer(shape), await newTrainer(shape)];
		const batches = batchesOf(dataset);
		const steps = await Promise.all(batches.map((batch) => trainer.partialFit(batch)));
		expect(steps.map(({ samplesSeen }) => samplesSeen)).toEqual([16, 32, 48, 64, 80, 90]);
		for (const batch of batches) await other.partialFit(batch);
		expect(await weightsOf(trainer)).toEqual(await weightsOf(other));
	});

	test('in that order also where a batch is too large for one message, and a fit comes last', async () => {
		const large = floats(250_000, 6, 3);
		const trainer = await newTrainer(shape);
		const calls = [trainer.partialFit(large), trainer.partialFit(dataset), trainer.partialFit(large)];
		const [steps, history] = await Promise.all([Promise.all(calls), trainer.fit(dataset, { epochs: 1 })]);
		expect(steps.map(({ samplesSeen }) => samplesSeen)).toEqual([250_000, 250_090, 500_090]);
		expect(history.epochs).toHaveLength(1);
		expect((await trainer.stats()).samplesSeen).toBe(500_180);
	});

	test('and passes over a batch that is refused', async () => {
		const trainer = await newTrainer(shape);
		const bad = { inputs: dataset.inputs, labels: dataset.labels.map((label) => label + 1) };
		const calls = [trainer.partialFit(dataset), trainer.partialFit(bad), trainer.partialFit(dataset)];
		const [first, second, third] = await Promise.allSettled(calls);
		expect(first).toMatchObject({ value: { samplesSeen: 90 } });
		expect(second).toMatchObject({ reason: { code: 'INVALID_DATA', field: 'labels', row: 2 } });
		expect(third).toMatchObject({ value: { samplesSeen: 180 } });
	});
});

describe.each(facades)('%s counts', (_, create) => {
	test('its steps and samples over all kinds of training, the held-out not among them', async () => {
		const facade = await create(shape);
		expect(await facade.stats()).toMatchObject({ steps: 0, samplesSeen: 0 });
		await facade.fit(dataset, { epochs: 2, batchSize: 16 });
		expect(await facade.stats()).toMatchObject({ steps: 12, samplesSeen: 180 });
		await facade.partialFit(dataset);
		expect(await facade.stats()).toMatchObject({ steps: 13, samplesSeen: 270 });
		await facade.fit(dataset, { epochs: 1, batchSize: 100, validationSplit: 0.1 });
		expect(await facade.stats()).toMatchObject({ steps: 14, samplesSeen: 351 });
		await facade.evaluate(dataset);
		expect(await facade.stats()).toMatchObject({ steps: 14, samplesSeen: 351 });
	});

	test('the memory of its kernel, which a data set makes grow', async () => {
		const facade = await create(shape);
		const { memoryBytes } = await facade.stats();
		expect(memoryBytes % 65_536).toBe(0);
		await facade.upload(floats(200_000, 6, 3));
		const growth = (await facade.stats()).memoryBytes - memoryBytes;
		expect(growth).toBeGreaterThan(4e6);
		expect(growth).toBeLessThan(8e6);
	});

	test('nothing any more once it is disposed', async () => {
		const facade = await create(shape);
		await facade.dispose();
		await expect(attempt(() => facade.stats())).rejects.toMatchObject({ code: 'DISPOSED' });
	});
});

test('Trainer counts the calls that wait for an answer, not the one that asks', async () => {
	const trainer = await newTrainer(shape);
	expect((await trainer.stats()).pendingCalls).toBe(0);
	const waiting = [trainer.getWeights(), trainer.getWeights()];
	expect((await trainer.stats()).pendingCalls).toBe(2);
	await Promise.all(waiting);
	expect((await trainer.stats()).pendingCalls).toBe(0);
});

describe.each(facades)('%s with a limit of memory', (_, create) => {
	/** 4.8 MB of inputs. */
	const large = floats(200_000, 6, 3);

	async function limited(extra: number) {
		const unlimited = await create(shape);
		const { memoryBytes } = await unlimited.stats();
		return { facade: await create({ ...shape, memoryLimit: memoryBytes + extra }), limit: memoryBytes + extra };
	}

	test('refuses what does not fit, says how much it would be, and goes on with what does', async () => {
		const { facade, limit } = await limited(2e6);
		const calls = [
			() => facade.upload(large),
			() => facade.fit(large, { epochs: 1 }),
			() => facade.evaluate(large),
			() => facade.partialFit(large),
			() => facade.predict(large.inputs),
		];
		for (const call of calls) {
			const refused = attempt(call);
			await expect(refused).rejects.toBeInstanceOf(MemoryLimitError);
			await expect(refused).rejects.toMatchObject({
				name: 'MemoryLimitError',
				code: 'MEMORY_LIMIT',
				field: 'memoryLimit',
				expected: `at most ${limit} bytes`,
			});
		}
		expect((await facade.fit(dataset, { epochs: 2 })).epochs).toHaveLength(2);
		expect((await facade.stats()).memoryBytes).toBeLessThanOrEqual(limit);
	});

	test('takes data that fit again and again, for it uses the memory of those before', async () => {
		const { facade, limit } = await limited(6e6);
		for (let call = 0; call < 4; call++) {
			expect((await facade.fit(large, { epochs: 1, batchSize: 50_000 })).epochs).toHaveLength(1);
			expect((await facade.evaluate(large)).count).toBe(200_000);
		}
		const handle = await facade.upload(large);
		await expect(attempt(() => facade.upload(large))).rejects.toBeInstanceOf(MemoryLimitError);
		await handle.release();
		expect((await facade.upload(large)).count).toBe(200_000);
		expect((await facade.stats()).memoryBytes).toBeLessThanOrEqual(limit + 2 ** 20);
	});

	test('has none for more classes than fit', async () => {
		const { facade } = await limited(1e6);
		await facade.fit(dataset, { epochs: 1 });
		const before = await weightsOf(facade);
		const many = Array.from({ length: 60_000 }, (_, index) => `class ${index}`);
		await expect(attempt(() => facade.setClasses(many))).rejects.toBeInstanceOf(MemoryLimitError);
		expect(await weightsOf(facade)).toEqual(before);
		expect((await facade.fit(dataset, { epochs: 1 })).epochs[0].epoch).toBe(2);
	});

	test('changes classes as often as it likes, for it uses the memory of those before', async () => {
		// Room for the model before and the one after, but not for three.
		const { facade } = await limited(7e6);
		const many = (word: string) => Array.from({ length: 40_000 }, (_, index) => `${word} ${index}`);
		for (const word of ['one', 'two', 'three', 'four']) await facade.setClasses(many(word));
		expect(facade.classNames?.at(-1)).toBe('four 39999');
	});

	test('is not even created where the model does not fit', async () => {
		const creating = create({ inputShape: 1000, classes: 1000, memoryLimit: 4e6 });
		await expect(creating).rejects.toMatchObject({ name: 'MemoryLimitError', code: 'MEMORY_LIMIT' });
	});
});
