import { BusyError } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { bytes, floats } from '../bits/samples.js';
import { attempt, untyped } from '../calls.js';
import { type Facade, facades, uploadTo, weightsOf } from '../facades.js';

const names = ['cat', 'dog', 'duck'];
const shape = { inputShape: 6, classes: names, seed: 4 };
const dataset = floats(90, 6, 3);
const fast = { epochs: 2, batchSize: 16, learningRate: 0.2 };

/** Weights and bias of every class by name. */
async function rowsOf(facade: Facade): Promise<Record<string, number[]>> {
	const { weight, bias } = await facade.getWeights();
	const row = (index: number) => [...weight.subarray(index * 6, index * 6 + 6), bias[index]];
	return Object.fromEntries(facade.classNames!.map((name, index) => [name, row(index)]));
}

describe.each(facades)('%s, when its classes change', (_, create) => {
	async function trained() {
		const facade = await create(shape);
		await facade.fit(dataset, { ...fast, momentum: 0.9 });
		return facade;
	}

	test('keeps what it knows of those that stay, bit for bit, and forgets the rest', async () => {
		const facade = await trained();
		const before = await rowsOf(facade);
		await facade.setClasses(['owl', 'duck', 'cat', 'bat']);
		expect(facade.classNames).toEqual(['owl', 'duck', 'cat', 'bat']);
		const after = await rowsOf(facade);
		expect(after.duck).toEqual(before.duck);
		expect(after.cat).toEqual(before.cat);
		expect(after).not.toHaveProperty('dog');
		expect((await facade.getWeights()).weight).toHaveLength(24);
		expect((await facade.predict(dataset.inputs)).probabilities).toHaveLength(90 * 4);
	});

	test('draws those that are new by the seed, small and without a bias', async () => {
		const [one, same, other] = [await trained(), await trained(), await create({ ...shape, seed: 5 })];
		const classes = ['owl', 'duck', 'cat', 'bat'];
		for (const facade of [one, same, other]) await facade.setClasses(classes);
		expect(await weightsOf(one)).toEqual(await weightsOf(same));
		const [rows, others] = [await rowsOf(one), await rowsOf(other)];
		for (const name of ['owl', 'bat']) {
			expect(rows[name]).not.toEqual(others[name]);
			expect(rows[name].at(-1)).toBe(0);
			const weights = rows[name].slice(0, 6).map(Math.abs);
			expect(Math.min(...weights)).toBeGreaterThan(0);
			expect(Math.max(...weights)).toBeLessThan(0.06);
		}
		expect(rows.owl).not.toEqual(rows.bat);
	});

	test('forgets a class for good: when it comes again it is new', async () => {
		const facade = await trained();
		const { dog } = await rowsOf(facade);
		await facade.setClasses(['cat', 'duck']);
		await facade.setClasses(names);
		expect((await rowsOf(facade)).dog).not.toEqual(dog);
	});

	test('puts the same classes into another order without another answer', async () => {
		const facade = await trained();
		const labels = dataset.labels.map((label) => names[label]);
		const [before, evaluation] = [await facade.predict(dataset.inputs), await facade.evaluate(dataset)];
		await facade.setClasses(['duck', 'cat', 'dog']);
		const after = await facade.predict(dataset.inputs);
		expect(after.classNames).toEqual(before.classNames);
		expect(after.classIndices).not.toEqual(before.classIndices);
		const { loss, correct } = await facade.evaluate({ inputs: dataset.inputs, labels });
		expect(loss).toBeCloseTo(evaluation.loss, 6);
		expect(correct).toBe(evaluation.correct);
	});

	test('goes on training, and learns the new ones', async () => {
		const facade = await trained();
		await facade.setClasses([...names, 'owl']);
		const grown = floats(120, 6, 4);
		const history = await facade.fit(grown, { epochs: 60, batchSize: 16, learningRate: 0.5, momentum: 0.5 });
		expect(history.epochs[0].epoch).toBe(3);
		expect((await facade.evaluate(grown)).accuracy).toBe(1);
		expect((await facade.predict(grown.inputs.subarray(0, 24))).classNames).toEqual([...names, 'owl']);
	});

	test('takes classes that had no names by their numbers', async () => {
		const facade = await create({ inputShape: 6, classes: 3 });
		await facade.fit(dataset, fast);
		const before = await rowsOf(facade);
		await facade.setClasses(['2', 'owl']);
		expect((await rowsOf(facade))['2']).toEqual(before['2']);
	});

	test('has data from before without labels, and what is uploaded now with them', async () => {
		const facade = await trained();
		const soft = new Float32Array(90 * 3).fill(0.25).map((share, index) => (index % 3 === 0 ? 0.5 : share));
		const handles = [await uploadTo(facade, dataset), await uploadTo(facade, { inputs: dataset.inputs, labels: soft })];
		await facade.setClasses(['cat', 'dog', 'owl']);
		for (const handle of handles) {
			for (const call of [() => facade.fit(handle, fast), () => facade.evaluate(handle)]) {
				await expect(attempt(call)).rejects.toMatchObject({ code: 'INVALID_VALUE', field: 'labels' });
			}
			expect((await facade.predict(handle)).count).toBe(90);
		}
		const handle = await uploadTo(facade, dataset);
		expect((await facade.fit(handle, fast)).epochs).toHaveLength(2);
	});

	test('chooses its arithmetic anew', async () => {
		const facade = await create({ inputShape: 6, classes: 3 });
		const pixels = bytes(90, 6, 3);
		await facade.fit(pixels, fast);
		expect(facade.precision).toBe('fixed16');
		await facade.setClasses(['0', '1', '2', '3']);
		expect(facade.precision).toBe('fixed16');
		await facade.setClasses(Array.from({ length: 5000 }, (_, index) => `class ${index}`));
		expect(facade.precision).toBe('auto');
		expect((await facade.fit(pixels, fast)).precision).toBe('float32');
	});

	test('takes no names that are not two distinct ones, and stays as it was', async () => {
		const facade = await trained();
		const before = await weightsOf(facade);
		for (const [classes, code] of [
			[['cat'], 'INVALID_VALUE'],
			[['cat', 'cat'], 'INVALID_VALUE'],
			[['cat', 7], 'INVALID_TYPE'],
			[3, 'INVALID_TYPE'],
		]) {
			const call = attempt(() => facade.setClasses(untyped(classes)));
			await expect(call).rejects.toMatchObject({ code, field: 'classes' });
		}
		expect(facade.classNames).toEqual(names);
		expect(await weightsOf(facade)).toEqual(before);
	});

	test('does not change them before it has any, nor while it trains', async () => {
		const open = await create();
		await expect(attempt(() => open.setClasses(names))).rejects.toMatchObject({ code: 'NOT_READY' });
		const facade = await create(shape);
		const attempts: Promise<unknown>[] = [];
		await facade.fit(dataset, {
			...fast,
			epochs: 1,
			onEpochEnd: () => {
				attempts.push(attempt(() => facade.setClasses(['cat', 'owl'])));
				attempts.push(attempt(() => facade.reset()));
				return Promise.allSettled(attempts);
			},
		});
		expect(attempts).toHaveLength(2);
		for (const refused of attempts) await expect(refused).rejects.toBeInstanceOf(BusyError);
		expect(facade.classNames).toEqual(names);
	});
});

describe.each(facades)('%s, reset', (_, create) => {
	const options = { ...fast, momentum: 0.9 };

	test('is as a fresh one: weights, epochs, what it has seen, and momentum', async () => {
		const [used, fresh] = [await create(shape), await create(shape)];
		await used.fit(dataset, options);
		await used.reset();
		expect(await weightsOf(used)).toEqual(await weightsOf(fresh));
		expect(await used.getState()).toEqual(await fresh.getState());
		expect(await used.stats()).toMatchObject({ steps: 0, samplesSeen: 0 });
		const [history, expected] = [await used.fit(dataset, options), await fresh.fit(dataset, options)];
		expect(await weightsOf(used)).toEqual(await weightsOf(fresh));
		expect(history.epochs.map(({ epoch, loss }) => [epoch, loss])).toEqual(
			expected.epochs.map(({ epoch, loss }) => [epoch, loss]),
		);
	});

	test('takes another seed, which then also decides the shuffles', async () => {
		const [used, fresh] = [await create(shape), await create({ ...shape, seed: 99 })];
		await used.fit(dataset, options);
		await used.reset({ seed: 99 });
		expect(await weightsOf(used)).toEqual(await weightsOf(fresh));
		await used.fit(dataset, options);
		await fresh.fit(dataset, options);
		expect(await weightsOf(used)).toEqual(await weightsOf(fresh));
		await used.reset();
		await fresh.reset({ seed: 4 });
		expect(await weightsOf(used)).not.toEqual(await weightsOf(fresh));
	});

	test('keeps its classes and the data that were uploaded', async () => {
		const facade = await create(shape);
		const handle = await uploadTo(facade, dataset);
		await facade.setClasses([...names, 'owl']);
		const again = await uploadTo(facade, dataset);
		await facade.reset();
		expect(facade.classNames).toEqual([...names, 'owl']);
		expect((await facade.fit(again, fast)).epochs[0].epoch).toBe(1);
		expect((await facade.predict(handle)).count).toBe(90);
	});

	test('refuses a seed that is none, and options it does not know', async () => {
		const facade = await create(shape);
		await facade.fit(dataset, fast);
		const before = await weightsOf(facade);
		const bad = attempt(() => facade.reset({ seed: -1 }));
		await expect(bad).rejects.toMatchObject({ code: 'INVALID_VALUE', field: 'seed' });
		const unknown = attempt(() => facade.reset(untyped({ sead: 1 })));
		await expect(unknown).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' });
		expect(await weightsOf(facade)).toEqual(before);
	});
});
