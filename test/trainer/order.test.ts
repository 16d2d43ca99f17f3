/** Calls of a trainer, awaited or not, small and large, against an engine that is called in the same order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floats } from '../bits/samples.js';
import { type Facade, newEngine, newTrainer } from '../facades.js';

function samples(count: number) {
	const { inputs, labels } = floats(count, 6, 2);
	return { inputs, labels: Uint8Array.from(labels) };
}

/** In memory of its own, in memory that is wanted back, and in two slices. */
const sizes = { small: samples(10), medium: samples(5000), large: samples(90_000) };
type Size = keyof typeof sizes;

interface Call {
	name: string;
	isAwaited: boolean;
	make(facade: Facade): unknown;
}

/** A promise of a call that may throw at once: its value, or what it was refused with. */
async function outcomeOf(call: () => unknown): Promise<unknown> {
	try {
		return await call();
	} catch (error) {
		const { name, code, message } = error as Error & { code: string };
		return { name, code, message };
	}
}

const size = fc.constantFrom<Size>('small', 'medium', 'large');
const classes = fc.constantFrom(['0', '1'], ['1', '0'], ['0', '1', '2'], ['2', '1', '0', '3']);
const rate = fc.constantFrom<[string, number | ((epoch: number) => number)]>(
	['0.1', 0.1],
	['0.1 · epoch', (epoch) => 0.1 * epoch],
);

/** Data whose labels are of one class more. */
const withMore = ({ inputs, labels }: (typeof sizes)[Size]) => ({ inputs, labels: labels.map((label) => label + 1) });

/** Handles of uploads cannot be compared: what is asked is whether they can be used. */
const uploadAndUse = async (facade: Facade, dataset: (typeof sizes)[Size]) => {
	const handle = await facade.upload(dataset);
	await handle.release();
	return handle.count;
};

/** Of many predictions the first ones: to compare all takes longer than all the rest. */
async function firstPredictions(facade: Facade, { inputs }: (typeof sizes)[Size]) {
	const { count, classNames, probabilities } = await facade.predict(inputs);
	return {
		count,
		classNames: classNames.slice(0, 10),
		width: probabilities.length / count,
		probabilities: probabilities.slice(0, 20),
	};
}

const calls = fc.oneof(
	fc.tuple(size, rate).map(([size, [text, learningRate]]) => ({
		name: `partialFit(${size}, ${text})`,
		make: (facade: Facade) => facade.partialFit(sizes[size], { learningRate }),
	})),
	size.map((size) => ({
		name: `partialFit(${size} of one class more)`,
		make: (facade: Facade) => facade.partialFit(withMore(sizes[size])),
	})),
	size.map((size) => ({ name: `evaluate(${size})`, make: (facade: Facade) => facade.evaluate(sizes[size]) })),
	size.map((size) => ({ name: `predict(${size})`, make: (facade: Facade) => firstPredictions(facade, sizes[size]) })),
	fc.constant({
		name: 'predict(small, topK 3)',
		make: (facade: Facade) => facade.predict(sizes.small.inputs, { topK: 3 }),
	}),
	size.map((size) => ({ name: `gradient(${size})`, make: (facade: Facade) => facade.gradient(sizes[size]) })),
	size.map((size) => ({ name: `upload(${size})`, make: (facade: Facade) => uploadAndUse(facade, sizes[size]) })),
	classes.map((names) => ({ name: `setClasses(${names})`, make: (facade: Facade) => facade.setClasses(names) })),
	fc.constantFrom(2, 3).map((count) => ({
		name: `setWeights(of ${count} classes)`,
		make: (facade: Facade) => {
			return facade.setWeights({ weight: new Float32Array(count * 6).fill(0.5), bias: new Float32Array(count) });
		},
	})),
	fc.constant({
		name: 'applyGradients(of 2 classes)',
		make: (facade: Facade) => {
			const gradient = { weight: new Float32Array(12).fill(1), bias: new Float32Array(2) };
			return facade.applyGradients({ ...gradient, loss: 1, totalWeight: 1, correct: 1, count: 1 });
		},
	}),
	fc.constantFrom(1, 2).map((seed) => ({ name: `reset(${seed})`, make: (facade: Facade) => facade.reset({ seed }) })),
	fc.constant({ name: 'getWeights()', make: (facade: Facade) => facade.getWeights() }),
	fc.constant({ name: 'getState()', make: (facade: Facade) => facade.getState() }),
	fc.constant({
		name: 'stats()',
		make: async (facade: Facade) => {
			const { steps, samplesSeen } = await facade.stats();
			return { steps, samplesSeen };
		},
	}),
	fc.constant({
		name: 'fit(small)',
		make: async (facade: Facade) => {
			const { epochs } = await facade.fit(sizes.small, { epochs: 2 });
			return epochs.map(({ epoch, loss }) => [epoch, loss]);
		},
	}),
);

/** A fit is awaited: what is asked while it runs depends on time. */
const sequences = fc.array(
	fc.tuple(calls, fc.boolean()).map(([call, isAwaited]): Call => {
		return { ...call, isAwaited: isAwaited || call.name.startsWith('fit') };
	}),
	{ minLength: 2, maxLength: 14 },
);

async function outcomesOf(facade: Facade, sequence: readonly Call[], isInOrder: boolean): Promise<unknown[]> {
	const outcomes: Promise<unknown>[] = [];
	for (const { make, isAwaited } of sequence) {
		const outcome = outcomeOf(() => make(facade));
		outcomes.push(outcome);
		if (isInOrder || isAwaited) await outcome;
	}
	return Promise.all(outcomes);
}

test.each([
	['whose shape and classes are open', {}],
	['whose shape and classes are known', { inputShape: 6, classes: 2 }],
])('calls of a trainer %s come to what they come to on an engine, one after the other', async (_, options) => {
	const property = fc.asyncProperty(sequences, async (sequence) => {
		const [trainer, engine] = [await newTrainer(options), await newEngine(options)];
		const expected = await outcomesOf(engine, sequence, true);
		const outcomes = await outcomesOf(trainer, sequence, false);
		for (const [index, { name }] of sequence.entries()) {
			expect({ name, outcome: outcomes[index] }).toEqual({ name, outcome: expected[index] });
		}
		expect([trainer.inputShape, trainer.classNames, trainer.precision]).toEqual([
			engine.inputShape,
			engine.classNames,
			engine.precision,
		]);
		await trainer.dispose();
		engine.dispose();
	});
	await fc.assert(property, { seed: 15, numRuns: 30, endOnFailure: true });
});

describe('Trainer, not waited for,', () => {
	const shape = { inputShape: 6, classes: 2 };

	test.each([10, 1000, 90_000])('resets after the step on %d rows that was asked for before', async (count) => {
		const trainer = await newTrainer(shape);
		const fresh = await trainer.getWeights();
		const [step] = await Promise.all([trainer.partialFit(floats(count, 6, 2)), trainer.reset()]);
		expect(step.samplesSeen).toBe(count);
		expect(await trainer.getWeights()).toEqual(fresh);
		expect(await trainer.stats()).toMatchObject({ steps: 0, samplesSeen: 0 });
	});

	test('predicts the classes that were set before', async () => {
		const trainer = await newTrainer({ inputShape: 6, classes: ['a', 'b'] });
		await trainer.setWeights({ weight: new Float32Array(12), bias: Float32Array.of(0, 9) });
		const [, prediction] = await Promise.all([trainer.setClasses(['b', 'a']), trainer.predict(sizes.small.inputs)]);
		expect(prediction.classNames).toEqual(new Array(10).fill('b'));
		expect(Array.from(prediction.classIndices)).toEqual(new Array(10).fill(0));
	});

	test('predicts the classes of before those that are set after', async () => {
		const trainer = await newTrainer(shape);
		const [prediction] = await Promise.all([
			trainer.predict(sizes.large.inputs),
			trainer.setClasses(['0', '1', '2', '3']),
		]);
		expect([prediction.count, prediction.probabilities.length]).toEqual([90_000, 180_000]);
	});

	test('refuses weights of classes that are no more', async () => {
		const trainer = await newTrainer(shape);
		const weights = await trainer.getWeights();
		const [, refused] = await Promise.allSettled([trainer.setClasses(['a', 'b', 'c']), trainer.setWeights(weights)]);
		expect(refused).toMatchObject({ reason: { code: 'INVALID_VALUE', field: 'weight', got: '12 values' } });
	});

	test('uses a data set that is released right behind the call', async () => {
		const trainer = await newTrainer(shape);
		const handle = await trainer.upload(sizes.small);
		const [{ count }] = await Promise.all([trainer.evaluate(handle), handle.release()]);
		expect(count).toBe(10);
	});

	test('fits after what was asked for before, and is asked while it fits for what comes behind', async () => {
		const trainer = await newTrainer(shape);
		const step = trainer.partialFit(sizes.large);
		const run = trainer.fit(sizes.small, { epochs: 1e9 });
		const behind = trainer.stats().finally(() => trainer.stop());
		await expect(trainer.reset()).rejects.toMatchObject({ code: 'BUSY' });
		expect((await step).samplesSeen).toBe(90_000);
		expect((await behind).samplesSeen).toBeGreaterThanOrEqual(90_000);
		expect((await run).stoppedBy).toBe('stop');
	});

	test.each(['stop', 'abort'])('ends a fit by %s before its turn has come', async (how) => {
		const trainer = await newTrainer(shape);
		const controller = new AbortController();
		const order: string[] = [];
		const step = trainer.partialFit(sizes.large).then(() => order.push('step'));
		const run = trainer.fit(sizes.small, { epochs: 1e9, signal: controller.signal });
		const ended = run.then(
			({ stoppedBy, epochs }) => order.push(`${stoppedBy} ${epochs.length}`),
			(error) => order.push(`abort ${error.history.epochs.length}`),
		);
		if (how === 'stop') trainer.stop();
		else controller.abort();
		await Promise.all([step, ended]);
		expect(order).toEqual([`${how} 0`, 'step']);
	});

	test('predicts while it fits, of much data, within the memory of one call', async () => {
		const trainer = await newTrainer(shape);
		await trainer.predict(sizes.large.inputs);
		const { memoryBytes } = await trainer.stats();
		const run = trainer.fit(sizes.small, { epochs: 1e9 });
		await Promise.all(Array.from({ length: 8 }, () => trainer.predict(sizes.large.inputs)));
		const after = (await trainer.stats()).memoryBytes;
		trainer.stop();
		await run;
		expect(after - memoryBytes).toBeLessThan(2 * sizes.large.inputs.byteLength);
	});

	test('rejects all calls that wait when it is disposed', async () => {
		const trainer = await newTrainer(shape);
		const calls = [
			trainer.upload(sizes.large),
			trainer.reset(),
			trainer.predict(sizes.small.inputs),
			trainer.getWeights(),
		];
		await trainer.dispose();
		for (const call of await Promise.allSettled(calls)) expect(call).toMatchObject({ reason: { code: 'DISPOSED' } });
	});
});
