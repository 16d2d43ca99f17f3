import { readFileSync } from 'node:fs';
import type { FitOptions, Weights } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { facades, relativeError } from '../facades.js';

/** Float32 against float64 over ten steps. */
const TOLERANCE = 1e-5;

/** Made by test/fixtures/optimizers.py with torch.optim.SGD. */
interface Fixture {
	features: number;
	classes: number;
	batchSize: number;
	epochs: number;
	inputs: number[];
	labels: number[];
	softTargets: number[];
	start: { weight: number[]; bias: number[] };
	runs: { name: string; soft: boolean; options: FitOptions; losses: number[]; weight: number[]; bias: number[] }[];
}

const file = new URL('../fixtures/optimizers.json', import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(file, 'utf8'));
const { features, classes, batchSize, epochs, labels, runs } = fixture;
const inputs = Float32Array.from(fixture.inputs);
const softTargets = Float32Array.from(fixture.softTargets);
const start: Weights = {
	weight: Float32Array.from(fixture.start.weight),
	bias: Float32Array.from(fixture.start.bias),
};

describe.each(facades)('%s takes the steps of torch.optim.SGD', (_, create) => {
	test.each(runs)('with $name', async ({ soft, options, losses, weight, bias }) => {
		const facade = await create({ inputShape: features, classes, precision: 'float32' });
		await facade.setWeights(start);
		const got: number[] = [];
		await facade.fit(
			{ inputs, labels: soft ? softTargets : labels },
			{
				...options,
				epochs,
				batchSize,
				shuffle: false,
				onProgress: ({ batchLosses }) => {
					got.push(...batchLosses);
				},
			},
		);
		expect(got).toHaveLength(10);
		expect(relativeError(got, losses)).toBeLessThan(TOLERANCE);
		const after = await facade.getWeights();
		expect(relativeError(after.weight, weight)).toBeLessThan(TOLERANCE);
		expect(relativeError(after.bias, bias)).toBeLessThan(TOLERANCE);
	});
});

test('the runs of the fixture all end elsewhere, so that no option can be passed over', () => {
	const ends = runs.map(({ weight }) => weight);
	for (const [index, end] of ends.entries()) {
		for (const other of ends.slice(0, index)) expect(relativeError(end, other)).toBeGreaterThan(100 * TOLERANCE);
	}
});

describe.each(facades)('%s takes other forms of the same options to the same bits', (_, create) => {
	const dataset = { inputs, labels };
	const common: FitOptions = { epochs, batchSize, momentum: 0.9 };
	const names = ['ale', 'constructor', 'mead'];

	async function bitsAfter(options: FitOptions, seed = 3) {
		const facade = await create({ inputShape: features, classes: names, seed });
		await facade.fit(dataset, { ...common, ...options });
		const { weight, bias } = await facade.getWeights();
		return [...weight, ...bias];
	}

	test('a rate as a number, a function and a schedule that stays', async () => {
		const expected = await bitsAfter({ learningRate: 0.5 });
		expect(await bitsAfter({ learningRate: () => 0.5 })).toEqual(expected);
		expect(await bitsAfter({ learningRate: { schedule: 'linear', initial: 0.5, last: 0.5 } })).toEqual(expected);
		expect(await bitsAfter({ learningRate: { schedule: 'step', initial: 0.5, every: 99 } })).toEqual(expected);
		expect(await bitsAfter({ learningRate: 0.25 })).not.toEqual(expected);
	});

	test('steps as a schedule and as a function of the epoch', async () => {
		const learningRate = (epoch: number) => [0, 0.5, 0.125][epoch];
		const schedule = { schedule: 'step' as const, initial: 0.5, every: 1, factor: 0.25 };
		expect(await bitsAfter({ learningRate: schedule })).toEqual(await bitsAfter({ learningRate }));
	});

	test('weights of classes by index, by name, and as those of their samples', async () => {
		const classWeight = [0.5, 1, 3];
		const expected = await bitsAfter({ classWeight });
		// A class that is left out has weight 1, even if Object.prototype has a property of its name.
		expect(await bitsAfter({ classWeight: { ale: 0.5, mead: 3 } })).toEqual(expected);
		expect(await bitsAfter({ classWeight: Float32Array.from(classWeight) })).toEqual(expected);
		expect(await bitsAfter({ sampleWeight: labels.map((label) => classWeight[label]) })).toEqual(expected);
		expect(await bitsAfter({})).not.toEqual(expected);
	});

	test('balanced classes as weights by hand, on top of those of the samples', async () => {
		const counts = [0, 1, 2].map((index) => labels.filter((label) => label === index).length);
		const sampleWeight = labels.map((_, row) => 1 + (row % 3));
		const byHand = labels.map((label, row) => (labels.length / (3 * counts[label])) * sampleWeight[row]);
		const expected = await bitsAfter({ sampleWeight: byHand });
		expect(await bitsAfter({ classWeight: 'balanced', sampleWeight })).toEqual(expected);
		expect(await bitsAfter({ sampleWeight })).not.toEqual(expected);
	});

	test('a schedule rests at its beginning until its first epoch comes', async () => {
		const expected = await bitsAfter({ learningRate: 0.5 });
		for (const schedule of ['cosine', 'linear'] as const) {
			expect(await bitsAfter({ learningRate: { schedule, initial: 0.5, epochs: 4, firstEpoch: 3 } })).toEqual(expected);
		}
	});

	test('samples that weigh nothing as samples that are not there', async () => {
		const kept = labels.flatMap((_, row) => (row % 8 < 5 ? [row] : []));
		const few = {
			inputs: Float32Array.from(kept.flatMap((row) => [...inputs.subarray(row * features, (row + 1) * features)])),
			labels: kept.map((row) => labels[row]),
		};
		const [all, some] = [
			await create({ inputShape: features, classes }),
			await create({ inputShape: features, classes }),
		];
		const options = { ...common, shuffle: false, weightDecay: 0.01 };
		const { epochs: logs } = await all.fit(dataset, {
			...options,
			sampleWeight: labels.map((_, row) => (row % 8 < 5 ? 1 : 0)),
		});
		const expected = await some.fit(few, { ...options, batchSize: 5 });
		expect(relativeError((await all.getWeights()).weight, (await some.getWeights()).weight)).toBeLessThan(TOLERANCE);
		expect(
			relativeError(
				logs.map(({ loss }) => loss),
				expected.epochs.map(({ loss }) => loss),
			),
		).toBeLessThan(TOLERANCE);
	});
});
