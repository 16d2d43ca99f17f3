import type { Dataset, FitOptions, TrainerOptions } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { floats } from '../bits/samples.js';
import { attempt, untyped } from '../calls.js';
import { facades, newTrainer } from '../facades.js';

const dataset = floats(30, 4, 3);
const { inputs, labels } = dataset;
const names = { inputShape: 4, classes: ['cat', 'dog', 'duck'] };

function replaced(position: number, label: number) {
	return labels.map((before, index) => (index === position ? label : before));
}

function withValue(position: number, value: number) {
	const changed = inputs.slice();
	changed[position] = value;
	return changed;
}

interface Expected {
	name?: string;
	code: string;
	field: string;
	got?: string;
	row?: number;
	column?: number;
}

const badDatasets: [string, unknown, Expected][] = [
	[
		'inputs whose length is no multiple of D',
		{ inputs: inputs.subarray(1), labels },
		{ code: 'INVALID_DATA', field: 'inputs', got: '119 values' },
	],
	[
		'fewer labels than samples',
		{ inputs, labels: labels.slice(1) },
		{ code: 'INVALID_DATA', field: 'inputs', got: '30 samples' },
	],
	['no samples', { inputs: new Float32Array(0), labels: [] }, { code: 'INVALID_DATA', field: 'labels', got: 'none' }],
	['no samples, as rows', { inputs: [], labels }, { code: 'INVALID_DATA', field: 'inputs', got: 'none' }],
	[
		'rows of different lengths',
		{
			inputs: [
				[1, 2, 3, 4],
				[1, 2],
			],
			labels: [0, 1],
		},
		{ code: 'INVALID_DATA', field: 'inputs', row: 1, got: '2' },
	],
	[
		'a row that holds text',
		{ inputs: [[1, 2, 3, '4']], labels: [0] },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'inputs', row: 0, column: 3, got: '"4"' },
	],
	[
		'Float64 inputs',
		{ inputs: new Float64Array(120), labels },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'inputs', got: 'Float64Array(120)' },
	],
	[
		'no inputs at all',
		{ labels },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'inputs', got: 'undefined' },
	],
	[
		'no labels at all',
		{ inputs },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'labels', got: 'undefined' },
	],
	[
		'NaN in the inputs',
		{ inputs: withValue(4 * 7 + 2, Number.NaN), labels },
		{ code: 'INVALID_DATA', field: 'inputs', row: 7, column: 2, got: 'NaN' },
	],
	[
		'infinity in the inputs',
		{ inputs: withValue(119, Number.NEGATIVE_INFINITY), labels },
		{ code: 'INVALID_DATA', field: 'inputs', row: 29, column: 3, got: '-Infinity' },
	],
	[
		'a label beyond the classes',
		{ inputs, labels: replaced(5, 3) },
		{ code: 'INVALID_DATA', field: 'labels', row: 5, got: '3' },
	],
	[
		'a negative label',
		{ inputs, labels: Int8Array.from(replaced(0, -1)) },
		{ code: 'INVALID_DATA', field: 'labels', row: 0, got: '-1' },
	],
	[
		'a fractional label',
		{ inputs, labels: replaced(29, 1.5) },
		{ code: 'INVALID_DATA', field: 'labels', row: 29, got: '1.5' },
	],
	[
		'a missing label',
		{ inputs, labels: replaced(2, Number.NaN) },
		{ code: 'INVALID_DATA', field: 'labels', row: 2, got: 'NaN' },
	],
	[
		'BigInt labels',
		{ inputs, labels: new BigInt64Array(30) },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'labels' },
	],
	[
		'an unknown class name',
		{ inputs, labels: labels.map((label) => (label === 2 ? 'goose' : 'cat')) },
		{ code: 'INVALID_DATA', field: 'labels', row: 2, got: '"goose"' },
	],
	[
		'names and indices mixed',
		{ inputs, labels: ['cat', ...labels.slice(1)] },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'labels', row: 1, got: '1' },
	],
	[
		'targets that do not sum to 1',
		{ inputs, labels: new Float32Array(90).fill(0.5) },
		{ code: 'INVALID_DATA', field: 'labels', row: 0 },
	],
	[
		'targets of other classes',
		{ inputs, labels: new Float32Array(120).fill(0.25) },
		{ code: 'INVALID_DATA', field: 'labels', got: '4 per sample' },
	],
	[
		'float labels that are no targets',
		{ inputs, labels: new Float32Array(30) },
		{ code: 'INVALID_DATA', field: 'labels', got: '30 values' },
	],
	[
		'another shape than before',
		{ inputs, labels, inputShape: [2, 2] },
		{ code: 'INVALID_DATA', field: 'inputShape', got: '[2, 2]' },
	],
	[
		'other classes than before',
		{ inputs, labels, classNames: ['a', 'b', 'c'] },
		{ code: 'INVALID_DATA', field: 'classNames', got: 'a, b, c' },
	],
	[
		'an unknown part',
		{ inputs, labels, targets: labels },
		{ name: 'InvalidTypeError', code: 'UNKNOWN_OPTION', field: 'dataset', got: '"targets"' },
	],
	['no object', 'fashion', { name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'dataset', got: '"fashion"' }],
];

const listeners = { addEventListener() {}, removeEventListener() {} };
const badSignals: [string, object][] = [
	['that cannot tell whether it is aborted', listeners],
	['that cannot be listened to', { aborted: false, removeEventListener() {} }],
	['whose addEventListener is no function', { ...listeners, aborted: false, addEventListener: true }],
	['that never stops being listened to', { aborted: false, addEventListener() {} }],
	['whose removeEventListener is no function', { ...listeners, aborted: false, removeEventListener: null }],
];

const badFits: [string, unknown, Expected][] = [
	['batch size 0', { batchSize: 0 }, { code: 'INVALID_VALUE', field: 'batchSize', got: '0' }],
	['a negative learning rate', { learningRate: -0.1 }, { code: 'INVALID_VALUE', field: 'learningRate', got: '-0.1' }],
	[
		'a learning rate that is NaN',
		{ learningRate: Number.NaN },
		{ code: 'INVALID_VALUE', field: 'learningRate', got: 'NaN' },
	],
	[
		'a learning rate beyond float32',
		{ learningRate: 1e39 },
		{ code: 'INVALID_VALUE', field: 'learningRate', got: '1e+39' },
	],
	['one and a half epochs', { epochs: 1.5 }, { code: 'INVALID_VALUE', field: 'epochs', got: '1.5' }],
	[
		'epochs as text',
		{ epochs: '10' },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'epochs', got: '"10"' },
	],
	[
		'an unknown option',
		{ learningrate: 0.1 },
		{ name: 'InvalidTypeError', code: 'UNKNOWN_OPTION', field: 'options', got: '"learningrate"' },
	],
	[
		'shuffle as a number',
		{ shuffle: 1 },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'shuffle', got: '1' },
	],
	[
		'a callback that is none',
		{ onEpochEnd: 'log' },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'onEpochEnd' },
	],
	['a signal that is none', { signal: true }, { name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'signal' }],
	...badSignals.map(([what, signal]): [string, unknown, Expected] => [
		`a signal ${what}`,
		{ signal },
		{ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'signal', got: 'an object' },
	]),
	[
		'validation data with bad labels',
		{ validationData: { inputs, labels: replaced(1, 9) } },
		{ code: 'INVALID_DATA', field: 'labels', row: 1, got: '9' },
	],
];

const badTrainers: [string, unknown, Expected][] = [
	['one class', { classes: 1 }, { code: 'INVALID_VALUE', field: 'classes', got: '1' }],
	['a class twice', { classes: ['cat', 'cat'] }, { code: 'INVALID_VALUE', field: 'classes', got: '"cat" twice' }],
	['more classes than labels can name', { classes: 65_536 }, { code: 'INVALID_VALUE', field: 'classes', got: '65536' }],
	['an empty shape', { inputShape: [] }, { code: 'INVALID_VALUE', field: 'inputShape', got: '[]' }],
	['a shape with a zero', { inputShape: [28, 0] }, { code: 'INVALID_VALUE', field: 'inputShape', got: '0' }],
	[
		'more weights than memory holds',
		{ inputShape: 2 ** 20, classes: 1000 },
		{ code: 'INVALID_VALUE', field: 'inputShape × classes' },
	],
	['a negative seed', { seed: -1 }, { code: 'INVALID_VALUE', field: 'seed', got: '-1' }],
	['a negative deviation', { initStd: -1 }, { code: 'INVALID_VALUE', field: 'initStd', got: '-1' }],
	['an unknown precision', { precision: 'float64' }, { code: 'INVALID_VALUE', field: 'precision', got: '"float64"' }],
	[
		'scales for another number of features',
		{ inputShape: 4, inputScale: new Float32Array(3) },
		{ code: 'INVALID_VALUE', field: 'inputScale', got: '3' },
	],
	['a shift that is NaN', { inputShift: Number.NaN }, { code: 'INVALID_VALUE', field: 'inputShift', got: 'NaN' }],
	[
		'an unknown option',
		{ classNames: ['a', 'b'] },
		{ name: 'InvalidTypeError', code: 'UNKNOWN_OPTION', field: 'options', got: '"classNames"' },
	],
];

describe.each(facades)('%s refuses', (_, create) => {
	async function expectRefusal(call: () => unknown, expected: Expected) {
		const error = await attempt(() => call()).then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		const { name = 'InvalidValueError' } = expected;
		expect(error).toMatchObject({ name, ...expected });
		expect(error).toBeInstanceOf(name === 'InvalidTypeError' ? TypeError : RangeError);
		expect((error as Error).message).toContain(`${expected.field}`);
		expect((error as Error).message).toContain(`got ${expected.got ?? ''}`);
	}

	test.each(badDatasets)('to fit %s, and trains as ever afterwards', async (_, data, expected) => {
		const [facade, other] = [await create(names), await create(names)];
		await expectRefusal(() => facade.fit(untyped<Dataset>(data)), expected);
		await facade.fit(dataset, { epochs: 1 });
		await other.fit(dataset, { epochs: 1 });
		expect(await facade.getWeights()).toEqual(await other.getWeights());
	});

	test.each(badFits)('to fit with %s', async (_, options, expected) => {
		const facade = await create(names);
		const before = await facade.getWeights();
		await expectRefusal(() => facade.fit(dataset, untyped<FitOptions<never>>(options)), expected);
		expect(await facade.getWeights()).toEqual(before);
		expect((await facade.fit(dataset, { epochs: 1 })).epochs[0].epoch).toBe(1);
	});

	test.each(badTrainers)('to be created with %s', async (_, options, expected) => {
		await expectRefusal(() => create(untyped<TrainerOptions>(options)), expected);
	});

	test('floats for fixed16', async () => {
		const facade = await create({ ...names, precision: 'fixed16' });
		await expectRefusal(() => facade.fit(dataset), { code: 'INVALID_DATA', field: 'inputs', got: 'floats' });
		await facade.fit({ inputs: Uint8Array.from(inputs), labels }, { epochs: 1 });
	});

	test('data of another shape than that of the first fit', async () => {
		const facade = await create();
		await facade.fit(dataset, { epochs: 1 });
		const expected = { code: 'INVALID_DATA', field: 'inputs' };
		await expectRefusal(() => facade.fit(floats(30, 5, 3), { epochs: 1 }), expected);
		await facade.fit(dataset, { epochs: 1 });
	});

	test('to settle its shape and classes from data that are wrong', async () => {
		const facade = await create();
		const expected = { code: 'INVALID_DATA', field: 'labels', row: 0 };
		await expectRefusal(() => facade.fit({ inputs, labels: replaced(0, 0.5) }), expected);
		expect(facade.classNames).toBeUndefined();
		await facade.fit(floats(20, 7, 2), { epochs: 1 });
		expect(facade.inputShape).toEqual([7]);
	});

	test('to name classes that have none', async () => {
		const facade = await create({ inputShape: 4, classes: 3 });
		const data = { inputs, labels: labels.map(String) };
		await expectRefusal(() => facade.fit(data), { name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'labels' });
	});

	test('predictions and evaluations before it knows shape and classes', async () => {
		const facade = await create({ inputShape: 4 });
		for (const call of [() => facade.predict(inputs), () => facade.evaluate(dataset), () => facade.getWeights()]) {
			const run = attempt(() => call());
			await expect(run).rejects.toMatchObject({ name: 'TrainerError', code: 'NOT_READY' });
		}
	});

	/** Values that are no labels; some of them cannot be sent to a worker. */
	const noLabels: [string, unknown, string][] = [
		['a function', () => {}, 'a function'],
		['a symbol', Symbol('dog'), 'Symbol(dog)'],
		['a promise', Promise.resolve(1), 'a Promise'],
		['null', null, 'null'],
		['an object', {}, 'an object'],
		['a BigInt', 1n, '1n'],
	];

	test.each(noLabels)('labels among which is %s, before it has trained on any', async (_, label, got) => {
		const facade = await create(names);
		const before = await facade.getWeights();
		const kinds = [labels, labels.map((index) => names.classes[index])];
		for (const kind of kinds) {
			const data = untyped<Dataset>({ inputs, labels: [...kind.slice(0, 17), label, ...kind.slice(18)] });
			const calls = [
				() => facade.partialFit(data),
				() => facade.fit(data),
				() => facade.fit(dataset, { validationData: data }),
				() => facade.evaluate(data),
				() => facade.upload(data),
			];
			for (const call of calls) {
				await expectRefusal(call, { name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'labels', row: 17, got });
			}
		}
		expect(await facade.getWeights()).toEqual(before);
		expect(await facade.stats()).toMatchObject({ steps: 0, samplesSeen: 0 });
	});

	test.each(noLabels)('weights of samples among which is %s, before it has trained on any', async (_, weight, got) => {
		const facade = await create(names);
		const sampleWeight = untyped<number[]>(labels.map((_, row) => (row === 17 ? weight : 1)));
		for (const call of [
			() => facade.partialFit(dataset, { sampleWeight }),
			() => facade.fit(dataset, { sampleWeight }),
		]) {
			await expectRefusal(call, { code: 'INVALID_VALUE', field: 'sampleWeight', row: 17, got });
		}
		expect(await facade.stats()).toMatchObject({ steps: 0, samplesSeen: 0 });
	});

	test('to settle its classes from labels that are not all names', async () => {
		const facade = await create();
		const rows = [[1], [2], [3]];
		for (const [label, got] of [
			[3, '3'],
			[null, 'null'],
			[undefined, 'undefined'],
		]) {
			const call = () => facade.fit({ inputs: rows, labels: untyped<string[]>(['a', 'b', label]) });
			await expectRefusal(call, {
				name: 'InvalidTypeError',
				code: 'INVALID_TYPE',
				field: 'labels',
				row: 2,
				got: `${got}`,
			});
		}
		const sparse = () =>
			facade.fit({ inputs: rows, labels: untyped<string[]>(Object.assign(new Array(3), { 0: 'a', 2: 'b' })) });
		await expectRefusal(sparse, { name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'labels', row: 1 });
		expect(facade.classNames).toBeUndefined();
	});

	test('inputs with a hole between rows, or in one', async () => {
		const facade = await create({ inputShape: 2, classes: 2 });
		const expected = { name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'inputs', row: 1, got: 'undefined' };
		const holed = Object.assign(new Array<number[]>(3), { 0: [1, 2], 2: [3, 4] });
		await expectRefusal(() => facade.predict(holed), expected);
		const holedRow = Object.assign(new Array<number>(2), { 0: 3 });
		await expectRefusal(() => facade.predict([[1, 2], holedRow]), { ...expected, column: 1 });
	});

	test('more top classes than there are', async () => {
		const facade = await create(names);
		await expectRefusal(() => facade.predict(inputs, { topK: 4 }), { code: 'INVALID_VALUE', field: 'topK', got: '4' });
	});

	test('weights of another length, or that are not finite', async () => {
		const facade = await create(names);
		const { weight, bias } = await facade.getWeights();
		const call = (weights: unknown) => () => facade.setWeights(untyped(weights));
		await expectRefusal(call({ weight: weight.subarray(1), bias }), {
			code: 'INVALID_VALUE',
			field: 'weight',
			got: '11 values',
		});
		await expectRefusal(call({ weight, bias: bias.fill(Number.NaN) }), {
			code: 'INVALID_VALUE',
			field: 'bias',
			got: 'NaN',
		});
		await expectRefusal(call({ weight }), { name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'bias' });
	});

	test('to begin with a signal that is aborted already', async () => {
		const facade = await create(names);
		const before = await facade.getWeights();
		const reason = new Error('too late');
		const run = attempt(() => facade.fit(dataset, { signal: AbortSignal.abort(reason) }));
		await expect(run).rejects.toBe(reason);
		expect(reason).toMatchObject({ history: { epochs: [] } });
		expect(await facade.getWeights()).toEqual(before);
	});
});

/** As in ES2024. */
type ResizableConstructor = new (
	bytes: number,
	options: { maxByteLength: number },
) => ArrayBuffer & { resize(bytes: number): void };

describe('Trainer', () => {
	/** A signal whose method of this name throws. */
	const throwing = (method: 'addEventListener' | 'removeEventListener') => ({
		...listeners,
		aborted: false,
		reason: undefined,
		[method]: () => {
			throw new Error('not today');
		},
	});

	test('refuses to fit with a signal that throws when listened to, and trains as ever afterwards', async () => {
		const trainer = await newTrainer(names);
		const run = trainer.fit(dataset, { signal: throwing('addEventListener') });
		await expect(run).rejects.toMatchObject({ name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'signal' });
		expect((await trainer.stats()).steps).toBe(0);
		expect((await trainer.fit(dataset, { epochs: 1 })).epochs[0].epoch).toBe(1);
	});

	test('fits with a signal that throws when it is listened to no more, and is free afterwards', async () => {
		const trainer = await newTrainer(names);
		const signal = throwing('removeEventListener');
		expect((await trainer.fit(dataset, { epochs: 1, signal })).epochs).toHaveLength(1);
		expect((await trainer.fit(dataset, { epochs: 1, signal })).epochs[0].epoch).toBe(2);
	});

	test('refuses a number where data are wanted, whatever was uploaded before', async () => {
		const trainer = await newTrainer(names);
		await trainer.upload(dataset);
		for (const number of [0, 1]) {
			for (const verb of ['fit', 'evaluate', 'partialFit', 'gradient', 'upload'] as const) {
				const refused = { code: 'INVALID_TYPE', field: 'dataset' };
				await expect(trainer[verb](number as never)).rejects.toMatchObject(refused);
			}
			await expect(trainer.predict(number as never)).rejects.toMatchObject({ code: 'INVALID_TYPE', field: 'inputs' });
		}
		expect((await trainer.stats()).steps).toBe(0);
	});

	test('refuses data that became fewer while they were sent, and trains on nothing of them', async () => {
		const trainer = await newTrainer(names);
		const large = floats(400_000, 4, 3);
		const { byteLength } = large.inputs;
		const Resizable = ArrayBuffer as unknown as ResizableConstructor;
		const buffer = new Resizable(byteLength, { maxByteLength: byteLength });
		const shrinking = new Float32Array(buffer);
		shrinking.set(large.inputs);
		/** Labels that do something when the second one is read, which is when the first slice is sent. */
		const whenSent = (labels: number[], shrink: () => void) => {
			const get = () => {
				shrink();
				return 1;
			};
			return Object.defineProperty(labels, 1, { get, configurable: true });
		};
		const fewer = [...large.labels];
		const calls = [
			trainer.fit({ inputs: shrinking, labels: whenSent([...large.labels], () => buffer.resize(byteLength / 2)) }),
			trainer.evaluate({ inputs: large.inputs, labels: whenSent(fewer, () => fewer.splice(300_000)) }),
		];
		const [inputs, labels] = await Promise.allSettled(calls);
		expect(inputs).toMatchObject({ reason: { code: 'INVALID_DATA', field: 'inputs', got: '200000' } });
		expect(labels).toMatchObject({ reason: { code: 'INVALID_TYPE', field: 'labels', row: 300_000 } });
		expect((await trainer.stats()).steps).toBe(0);
	});
});
