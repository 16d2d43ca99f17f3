import { BusyError, type Gradient, NonFiniteLossError, type PartialFitOptions } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { bytes, floats } from '../bits/samples.js';
import { attempt, untyped } from '../calls.js';
import { facades, newTrainer } from '../facades.js';

const shape = { inputShape: 21, classes: 3 };
const count = 700;
/** Parts of a batch that begin where its blocks of 256 samples do. */
const blocks: [number, number][] = [
	[0, 256],
	[256, 512],
	[512, count],
];

type Samples = { inputs: Float32Array | Uint8Array; labels: number[] };

function part({ inputs, labels }: Samples, start: number, end: number) {
	return { inputs: inputs.subarray(start * 21, end * 21), labels: labels.slice(start, end) };
}

/** The options of a step, split into those of its two halves. */
function halves({ labelSmoothing, sampleWeight, classWeight, ...update }: PartialFitOptions) {
	return { gradient: { labelSmoothing, sampleWeight, classWeight }, update };
}

describe.each(facades)("%s's gradient", (_, create) => {
	const kinds: [string, Samples, 'fixed16' | 'float32'][] = [
		['bytes in fixed16', bytes(count, 21, 3), 'fixed16'],
		['bytes in float32', bytes(count, 21, 3), 'float32'],
		['floats', floats(count, 21, 3), 'float32'],
	];

	describe.each(kinds)('of %s', (_, data, precision) => {
		const options: [string, PartialFitOptions][] = [
			['no options', {}],
			['momentum and decay', { momentum: 0.9, nesterov: true, weightDecay: 0.01, decayBias: false }],
			['smoothed labels and weights of classes', { labelSmoothing: 0.1, classWeight: [1, 2, 0.5] }],
			['weights of samples', { sampleWeight: data.labels.map((_, row) => row % 4) }],
		];

		test.each(options)('leads applyGradients where partialFit goes: with %s', async (_, step) => {
			const [whole, halved] = [await create({ ...shape, precision }), await create({ ...shape, precision })];
			for (let round = 0; round < 3; round++) {
				const expected = await whole.partialFit(data, step);
				const { gradient, update } = halves(step);
				expect(await halved.applyGradients(await halved.gradient(data, gradient), update)).toEqual(expected);
			}
			expect(await halved.getState()).toEqual(await whole.getState());
		});

		test('is the sum of those of its blocks, added in their order, to the bit', async () => {
			const [whole, cut] = [await create({ ...shape, precision }), await create({ ...shape, precision })];
			const { loss, ...expected } = await whole.gradient(data);
			const gradients: Gradient[] = [];
			for (const [start, end] of blocks) gradients.push(await cut.gradient(part(data, start, end)));
			const sum = (key: 'weight' | 'bias') => {
				return gradients.reduce(
					(total, gradient) => total.map((value, i) => value + gradient[key][i]),
					expected[key].map(() => 0),
				);
			};
			expect({ ...expected, weight: sum('weight'), bias: sum('bias') }).toEqual(expected);
			expect(gradients.reduce((total, gradient) => total + gradient.loss, 0)).toBe(loss);
			await whole.partialFit(data, { momentum: 0.5 });
			await cut.applyGradients(gradients, { momentum: 0.5 });
			expect(await cut.getState()).toEqual(await whole.getState());
		});
	});

	test('changes nothing, and says what its samples came to', async () => {
		const facade = await create(shape);
		const data = floats(40, 21, 3);
		await facade.partialFit(data, { momentum: 0.9 });
		const before = await facade.getState();
		const { loss, accuracy, correct } = await facade.evaluate(data);
		const gradient = await facade.gradient(data);
		expect([gradient.correct, gradient.count, gradient.totalWeight]).toEqual([correct, 40, 40]);
		expect([gradient.loss / 40, gradient.correct / 40]).toEqual([loss, accuracy]);
		expect(await facade.getState()).toEqual(before);
	});

	test('of a batch after a fit with a validation split is that of all its samples', async () => {
		const facade = await create(shape);
		const data = floats(40, 21, 3);
		await facade.fit(data, { epochs: 1, validationSplit: 0.5 });
		expect((await facade.gradient(data)).count).toBe(40);
	});

	test('moves nothing where its samples weigh nothing', async () => {
		const facade = await create(shape);
		const data = floats(4, 21, 3);
		const [first, second] = [await facade.gradient(data), await facade.gradient(data)];
		const nothing = { ...second, weight: second.weight.map(() => 0), bias: second.bias.map(() => 0) };
		const before = await facade.getWeights();
		await facade.applyGradients({ ...nothing, totalWeight: 0, loss: 0 });
		expect(await facade.getWeights()).toEqual(before);
		const alone = await create(shape);
		await alone.applyGradients(first);
		await facade.applyGradients([first, { ...nothing, totalWeight: 0, loss: 0 }]);
		expect(await facade.getWeights()).toEqual(await alone.getWeights());
	});

	const [weight, bias] = [new Float32Array(63), new Float32Array(3)];
	const good: Gradient = { weight, bias, loss: 1, totalWeight: 2, correct: 1, count: 2 };
	const refused: [string, unknown, string][] = [
		['nothing', undefined, 'gradient.weight'],
		['no gradients', [], 'gradients'],
		['a hole among gradients', [good, undefined], 'gradients[1].weight'],
		['a plain array', { ...good, weight: [...weight] }, 'gradient.weight'],
		['another length', { ...good, bias: new Float32Array(4) }, 'gradient.bias'],
		['a value that is not finite', [{ ...good, weight: weight.map(() => Number.NaN) }], 'gradients[0].weight'],
		['a loss that is not finite', { ...good, loss: Number.POSITIVE_INFINITY }, 'gradient.loss'],
		['a negative total weight', { ...good, totalWeight: -1 }, 'gradient.totalWeight'],
		['a count of none', { ...good, count: 0 }, 'gradient.count'],
		['more correct than counted', { ...good, correct: 3 }, 'gradient.correct'],
	];

	test.each(refused)('is refused where it is %s, and nothing changes', async (_, gradient, field) => {
		const facade = await create(shape);
		const before = await facade.getState();
		await expect(attempt(() => facade.applyGradients(untyped(gradient)))).rejects.toMatchObject({ field });
		expect(await facade.getState()).toEqual(before);
	});

	test('does not take options that are of no use to it', async () => {
		const facade = await create(shape);
		const unknown = { code: 'UNKNOWN_OPTION' };
		await expect(attempt(() => facade.gradient(floats(4, 21, 3), untyped({ momentum: 0.9 })))).rejects.toMatchObject(
			unknown,
		);
		await expect(attempt(() => facade.applyGradients(good, untyped({ labelSmoothing: 0.1 })))).rejects.toMatchObject(
			unknown,
		);
	});

	test('that would make a parameter infinite is refused, and the parameters stay', async () => {
		const facade = await create(shape);
		const before = await facade.getState();
		const huge = { ...good, weight: weight.map(() => 3e38), totalWeight: 1 };
		const applying = attempt(() => facade.applyGradients(huge, { learningRate: 3e38 }));
		await expect(applying).rejects.toBeInstanceOf(NonFiniteLossError);
		expect(await facade.getState()).toEqual(before);
	});

	test('needs a model whose shape and classes are known', async () => {
		const facade = await create();
		await expect(attempt(() => facade.gradient(floats(4, 21, 3)))).rejects.toMatchObject({ code: 'NOT_READY' });
		await expect(attempt(() => facade.applyGradients(good))).rejects.toMatchObject({ code: 'NOT_READY' });
	});

	test('is refused while fit runs', async () => {
		const facade = await create(shape);
		const data = floats(40, 21, 3);
		const calls: Promise<unknown>[] = [];
		const onEpochEnd = () => {
			const busy = [attempt(() => facade.gradient(data)), attempt(() => facade.applyGradients(good))];
			calls.push(...busy.map((call) => expect(call).rejects.toBeInstanceOf(BusyError)));
		};
		await facade.fit(data, { epochs: 1, onEpochEnd });
		expect(calls).toHaveLength(2);
		await Promise.all(calls);
	});
});

test('calls that are not awaited take effect in their order', async () => {
	const [first, second] = [floats(8, 21, 3), bytes(3000, 21, 3)];
	const [together, apart] = [await newTrainer(shape), await newTrainer(shape)];
	const gradient = await apart.gradient(first);
	await Promise.all([
		together.partialFit(second),
		together.applyGradients(gradient),
		together.partialFit(first),
		together.applyGradients(gradient),
	]);
	await apart.partialFit(second);
	await apart.applyGradients(gradient);
	await apart.partialFit(first);
	await apart.applyGradients(gradient);
	expect(await together.getWeights()).toEqual(await apart.getWeights());
});
