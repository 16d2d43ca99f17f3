/** No call computes with the memory of another data set than the one it was given. */
import type { Dataset } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { floats } from '../bits/samples.js';
import { attempt } from '../calls.js';
import { type Facade, facades, newTrainer, uploadTo } from '../facades.js';

type Uploaded = Awaited<ReturnType<typeof uploadTo>>;

/** What a call was refused with; nothing where it was answered. */
const refusalOf = (call: () => unknown) =>
	attempt(call).then(
		() => undefined,
		(error: unknown) => error as Error & { code: string; field: string },
	);

/** Two classes of samples whose values are nothing but `value`. */
function constant(count: number, features: number, value: number) {
	const labels = Array.from({ length: count }, (_, row) => row % 2);
	return { inputs: new Float32Array(count * features).fill(value), labels, inputShape: features };
}

/** The first sample as `predict` tells it: the log odds of a class whose only weight is one feature's. */
async function readThroughPredict(facade: Facade, dataset: Uploaded, features: number): Promise<number[]> {
	const values: number[] = [];
	for (let feature = 0; feature < features; feature++) {
		const weight = new Float32Array(2 * features);
		weight[feature] = 1;
		await facade.setWeights({ weight, bias: new Float32Array(2) });
		const { probabilities } = await facade.predict(dataset);
		values.push(Math.log(probabilities[0] / probabilities[1]));
	}
	return values;
}

/** Every number of features around those that the kernel computes at once, and some large ones. */
const sizes = [...Array.from({ length: 130 }, (_, index) => index + 1), 784, 1000, 4099, 65_537];

describe.each(facades)('%s', (_, create) => {
	test('shows through predict the values of the data set that it is given', async () => {
		const facade = await create({ inputShape: 64, classes: 2 });
		const handle = await uploadTo(facade, constant(4, 64, 0.5));
		for (const value of await readThroughPredict(facade, handle, 64)) expect(value).toBeCloseTo(0.5, 5);
	});

	test('shows no value of another one through a data set that was uploaded before the shape was known', async () => {
		const facade = await create();
		const mine = await uploadTo(facade, { inputs: new Float32Array(4), inputShape: 1 });
		await uploadTo(facade, { inputs: new Float32Array(6400).fill(0.5), inputShape: 64 });
		await facade.fit(constant(2, 64, 0), { epochs: 1 });
		const refused = readThroughPredict(facade, mine, 64);
		await expect(refused).rejects.toMatchObject({ code: 'INVALID_DATA', field: 'inputShape', got: '[1]' });
	});

	test.each([1, 64, 130])('of %d features refuses data sets of every other size, uploaded before', async (features) => {
		const facade = await create();
		const handles = new Map<number, Uploaded>();
		for (const size of sizes) {
			handles.set(size, await uploadTo(facade, { inputs: new Float32Array(3 * size), inputShape: size }));
		}
		await facade.fit(constant(6, features, 1), { epochs: 1 });
		for (const [size, handle] of handles) {
			const expected = size === features ? undefined : { code: 'INVALID_DATA', field: 'inputShape', got: `[${size}]` };
			const refusal = await refusalOf(() => facade.predict(handle));
			if (expected) expect(refusal).toMatchObject(expected);
			else expect(refusal).toBeUndefined();
		}
		expect((await facade.fit(constant(6, features, 1), { epochs: 1 })).epochs[0].epoch).toBe(2);
	});

	test.each([1, 15, 16, 17, 64, 130, 4099])(
		'takes of first uploads at once the first, of %d features',
		async (size) => {
			const facade = await create();
			const others = [size + 1, 2 * size, 3 * size + 1];
			const uploads = [size, ...others].map((features) => attempt(() => facade.upload(constant(4, features, 1))));
			const [first, ...rest] = await Promise.allSettled(uploads);
			expect(first.status).toBe('fulfilled');
			for (const refused of rest) expect(refused).toMatchObject({ reason: { code: 'INVALID_DATA' } });
			expect(facade.inputShape).toEqual([size]);
			expect((await facade.fit(constant(4, size, 1), { epochs: 1 })).epochs).toHaveLength(1);
		},
	);

	const open: [string, Partial<Dataset>, Partial<Dataset>][] = [
		['names of classes', { classNames: ['a', 'b'] }, { classNames: ['a', 'b', 'c'], labels: [2, 0, 1, 2] }],
		[
			'names that only look alike in a row',
			{ classNames: ['a,b', 'c'] },
			{ classNames: ['a', 'b', 'c'], labels: [2, 0, 1, 2] },
		],
		[
			'targets of other classes',
			{ labels: new Float32Array(8).fill(0.5) },
			{ labels: new Float32Array(16).fill(0.25) },
		],
		['more classes', { labels: [0, 1, 1, 0] }, { labels: [0, 1, 5, 0] }],
	];

	test.each(open)('takes only the first of uploads at once with %s', async (_, first, second) => {
		const facade = await create({ inputShape: 6 });
		const plain = constant(4, 6, 1);
		const uploads = [first, second].map((part) => uploadTo(facade, { ...plain, ...part }));
		const [taken, refused] = await Promise.allSettled(uploads);
		expect(taken.status).toBe('fulfilled');
		expect(refused).toMatchObject({ reason: { code: 'INVALID_DATA' } });
		expect(facade.classNames).toHaveLength(2);
		const handle = (taken as PromiseFulfilledResult<Uploaded>).value;
		expect((await facade.evaluate(handle)).count).toBe(4);
	});

	test('knows names of classes from others that only look alike in a row', async () => {
		const facade = await create({ inputShape: 6, classes: ['a,b', 'c'] });
		const data = { ...constant(4, 6, 1), classNames: ['a', 'b,c'] };
		const refusal = await refusalOf(() => facade.fit(data, { epochs: 1 }));
		expect(refusal).toMatchObject({ code: 'INVALID_DATA', field: 'classNames' });
	});

	test('refuses data uploaded without labels and with names of other classes than those that were settled', async () => {
		const facade = await create();
		const inputs = new Float32Array(24);
		const handle = await uploadTo(facade, { inputs, inputShape: 6, classNames: ['x', 'y', 'z'] });
		await facade.fit({ ...constant(4, 6, 1), classNames: ['a', 'b'] }, { epochs: 1 });
		const refusal = await refusalOf(() => facade.predict(handle));
		expect(refusal).toMatchObject({ code: 'INVALID_DATA', field: 'classNames', got: 'x, y, z' });
	});

	test('after its classes have changed, computes with no labels of before, of whatever kind', async () => {
		const facade = await create({ inputShape: 6, classes: ['a', 'b', 'c'] });
		const { inputs, labels } = floats(30, 6, 3);
		const targets = new Float32Array(90).map((_, index) => (labels[Math.floor(index / 3)] === index % 3 ? 1 : 0));
		const handles = [
			await uploadTo(facade, { inputs, labels, classNames: ['a', 'b', 'c'] }),
			await uploadTo(facade, { inputs, labels: labels.map((label) => ['a', 'b', 'c'][label]) }),
			await uploadTo(facade, { inputs, labels: targets }),
		];
		await facade.setClasses(['c', 'd']);
		for (const handle of handles) {
			const calls = [
				() => facade.evaluate(handle),
				() => facade.fit(handle),
				() => facade.partialFit(handle),
				() => facade.fit({ inputs, labels: labels.map(() => 1) }, { validationData: handle }),
			];
			for (const call of calls) {
				expect(await refusalOf(call)).toMatchObject({ code: 'INVALID_VALUE', field: 'labels' });
			}
			expect((await facade.predict(handle)).count).toBe(30);
		}
		expect((await facade.stats()).steps).toBe(0);
	});
});

describe('Trainer', () => {
	/** Several slices on the way to the worker. */
	const large = floats(250_000, 6, 3);

	test('settles shape and classes by the first of its uploads, however long that takes', async () => {
		const trainer = await newTrainer();
		const uploads = [trainer.upload(large), trainer.upload({ ...floats(30, 5, 2), inputShape: 5 })];
		const [first, second] = await Promise.allSettled(uploads);
		expect(first).toMatchObject({ value: { count: 250_000 } });
		expect(second).toMatchObject({ reason: { code: 'INVALID_DATA', field: 'inputShape' } });
		expect([trainer.inputShape, trainer.classNames]).toEqual([[6], ['0', '1', '2']]);
	});

	test('reads what is uploaded right behind the first data set by the shape that this one settles', async () => {
		const trainer = await newTrainer();
		const [, second] = await Promise.all([trainer.upload(large), trainer.upload({ inputs: new Float32Array(60) })]);
		expect(second.count).toBe(10);
		expect((await trainer.predict(second)).count).toBe(10);
	});

	test('takes the labels of no upload that was under way when the classes changed', async () => {
		const trainer = await newTrainer({ inputShape: 6, classes: 3 });
		const targets = new Float32Array(large.labels.length * 3).fill(0.25).map((share, i) => (i % 3 ? share : 0.5));
		const uploads = [trainer.upload(large), trainer.upload({ inputs: large.inputs, labels: targets })];
		const [, ...handles] = await Promise.all([trainer.setClasses(['0', '1']), ...uploads]);
		for (const handle of handles) {
			const refused = { code: 'INVALID_VALUE', field: 'labels' };
			await expect(trainer.evaluate(handle)).rejects.toMatchObject(refused);
			expect((await trainer.predict(handle)).count).toBe(250_000);
		}
	});
});
