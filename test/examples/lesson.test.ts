/** The lesson's step by hand is the package's own step. */
import { loadFashionMnist, softmax } from 'softmax-simd';
import { describe, expect, it } from 'vitest';
import { format } from '../../examples/web/lesson/numbers.mjs';
import { lines } from '../../examples/web/lesson/pytorch-lines.mjs';
import { applyLinear, computeLoss, scaleImage, takeStep } from '../../examples/web/lesson/step.mjs';
import en from '../../examples/web/lesson/texts/en.mjs';
import zh from '../../examples/web/lesson/texts/zh.mjs';
import { newEngine } from '../facades.js';

/** Tolerance between the kernel's float32 and float64, for weights of at most 0.1. */
const tolerance = 1e-6;

async function loadImage(index: number) {
	const { test } = await loadFashionMnist({ folder: 'examples/sample' });
	return { image: test.inputs.slice(784 * index, 784 * (index + 1)), label: test.labels[index] };
}

const newModel = () => newEngine({ inputShape: [28, 28], classes: 10, precision: 'float32', seed: 3 });

function largestDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
	expect(got.length).toBe(expected.length);
	return Array.from(got).reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected[index])), 0);
}

describe('the step by hand', () => {
	it.each([0, 1, 2, 23])('gives the weights of fit with one image in a batch, image %i', async (index) => {
		const { image, label } = await loadImage(index);
		const engine = await newModel();
		const start = engine.getWeights();
		const input = scaleImage(image);
		const before = computeLoss(start, input, label);
		const stepped = takeStep(start, input, before.difference, 0.1);

		const history = engine.fit({ inputs: image, labels: [label] }, { epochs: 1, batchSize: 1, learningRate: 0.1 });
		expect(history.epochs[0].loss).toBeCloseTo(before.loss, 5);
		const { weight, bias } = engine.getWeights();
		expect(largestDifference(stepped.weight, weight)).toBeLessThan(tolerance);
		expect(largestDifference(stepped.bias, bias)).toBeLessThan(tolerance);
	});

	it('gives the weights and losses of partialFit, step after step', async () => {
		const { image, label } = await loadImage(4);
		const engine = await newModel();
		const input = scaleImage(image);
		let weights: Parameters<typeof takeStep>[0] = engine.getWeights();
		const losses: number[] = [];
		for (let step = 0; step < 10; step++) {
			const { loss, difference } = computeLoss(weights, input, label);
			weights = takeStep(weights, input, difference, 0.001);
			const ours = engine.partialFit({ inputs: image, labels: [label] }, { learningRate: 0.001 });
			expect(ours.loss).toBeCloseTo(loss, 5);
			losses.push(loss);
		}
		expect(losses).toEqual([...losses].sort((a, b) => b - a));
		expect(largestDifference(weights.weight, engine.getWeights().weight)).toBeLessThan(tolerance);
		expect(largestDifference(weights.bias, engine.getWeights().bias)).toBeLessThan(tolerance);
	});

	it('has the logits behind the probabilities of predict', async () => {
		const { image } = await loadImage(7);
		const engine = await newModel();
		const { logits } = applyLinear(engine.getWeights(), scaleImage(image));
		expect(largestDifference(softmax(logits), engine.predict(image).probabilities)).toBeLessThan(tolerance);
	});

	it('follows the slope of the loss', async () => {
		const { image, label } = await loadImage(2);
		const { weight, bias } = (await newModel()).getWeights();
		const input = scaleImage(image);
		const { difference } = computeLoss({ weight, bias }, input, label);
		const pixel = input.findIndex((value) => value > 0.5);
		const lossAt = (row: number, change: number) => {
			const moved = Float64Array.from(weight);
			moved[row * 784 + pixel] += change;
			return computeLoss({ weight: moved, bias }, input, label).loss;
		};
		for (const row of difference.keys()) {
			const slope = (lossAt(row, 1e-5) - lossAt(row, -1e-5)) / 2e-5;
			expect(difference[row] * input[pixel]).toBeCloseTo(slope, 8);
		}
	});
});

describe('the lesson', () => {
	it('says the same things in both languages', () => {
		expect(keysOf(zh)).toEqual(keysOf(en));
	});

	it('names every line of the textbook', () => {
		expect(lines.map(({ name }) => name)).toEqual(Object.keys(en.pytorch.names));
	});

	it('writes numbers so that they can be read', () => {
		const numbers = [0, 0.14293, -0.5, 403.4288, 2.23e-5, -1e-9, 1e300, Number.POSITIVE_INFINITY, Number.NaN];
		expect(numbers.map((number) => format(number))).toEqual([
			'0',
			'0.1429',
			'−0.5000',
			'403.4288',
			'2.2 × 10⁻⁵',
			'−1.0 × 10⁻⁹',
			'1.0 × 10³⁰⁰',
			'∞',
			'–',
		]);
	});
});

/** Paths of all texts with their types: a string, or a function and its number of arguments. */
function keysOf(texts: object): string[] {
	return Object.entries(texts).flatMap(([name, value]) => {
		if (typeof value === 'object') return keysOf(value).map((key) => `${name}.${key}`);
		return typeof value === 'function' ? `${name}(${value.length})` : name;
	});
}
