/**
 * The formulas of a softmax classifier, one sample at a time in float64: to learn from, and to check a model's results.
 * Training does not use them. Source: Dive into Deep Learning, chapter 4 (https://d2l.ai/chapter_linear-classification/).
 */
import { badValue, checkInteger, MAX_CLASSES, wrongType } from '../api/check.js';
import { InvalidTypeError } from '../api/errors.js';

/** How far a sum may be from 1: probabilities may be float32, or typed with four digits. */
const sumTolerance = 1e-3;

/**
 * Turns outputs of a linear layer into probabilities: exp(zᵢ) / Σ exp(zⱼ).
 *
 * The largest logit is subtracted first, which changes no result and keeps exp from overflowing.
 *
 * @param logits `[C]`, finite numbers.
 * @returns `[C]`, each from 0 to 1, in sum 1.
 * @throws InvalidTypeError where they are no array of numbers; InvalidValueError where there are none, or one is not finite.
 * @see https://d2l.ai/chapter_linear-classification/softmax-regression.html#the-softmax
 */
export function softmax(logits: ArrayLike<number>): number[] {
	const values = checkNumbers('logits', logits, 'finite numbers', Number.isFinite);
	const largest = values.reduce((a, b) => Math.max(a, b));
	const exponentials = values.map((value) => Math.exp(value - largest));
	const sum = exponentials.reduce((a, b) => a + b);
	return exponentials.map((value) => value / sum);
}

/**
 * The loss of one sample: −Σ yᵢ log pᵢ, which for a class index is −log of that class's probability.
 *
 * @param probabilities `[C]`, in sum 1, e.g. from `softmax`.
 * @param target The true class's index, or a distribution `[C]` in sum 1: one-hot or soft.
 * @returns Nats, 0 or more; `Infinity` where a class with a target above 0 has probability 0.
 * @throws InvalidTypeError where an argument has another type; InvalidValueError where the index is not below C, lengths differ,
 *   or numbers are no distribution.
 * @see https://d2l.ai/chapter_linear-classification/softmax-regression.html#log-likelihood
 */
export function crossEntropy(probabilities: ArrayLike<number>, target: number | ArrayLike<number>): number {
	const p = checkDistribution('probabilities', probabilities);
	if (typeof target === 'number') {
		checkInteger('target', target, 0, p.length - 1);
		return 0 - Math.log(p[target]);
	}
	const y = checkDistribution('target', target);
	checkSameLength('target', y.length, p.length, 'probabilities');
	// 0 · log 0 counts as 0, its limit.
	return y.reduce((loss, share, i) => (share === 0 ? loss : loss - share * Math.log(p[i])), 0);
}

/**
 * The fraction of predictions that equal their labels, from 0 to 1.
 *
 * @param predicted `[N]` class indices or class names.
 * @param labels `[N]`, the truth in the same form.
 * @throws InvalidValueError where there are none, or lengths differ; InvalidTypeError where one has indices and the other names.
 * @see https://d2l.ai/chapter_linear-classification/classification.html#accuracy
 */
export function accuracy(
	predicted: ArrayLike<number> | ArrayLike<string>,
	labels: ArrayLike<number> | ArrayLike<string>,
): number {
	const answers = checkClasses('predicted', predicted);
	const truth = checkClasses('labels', labels);
	checkSameLength('labels', truth.length, answers.length, 'predicted');
	if (typeof answers[0] !== typeof truth[0]) {
		const expected = `${typeof answers[0]}s like predicted`;
		throw new InvalidTypeError({ field: 'labels', expected, got: `${typeof truth[0]}s` });
	}
	return answers.filter((answer, i) => answer === truth[i]).length / answers.length;
}

/**
 * A class index as a vector: 1 at that class, 0 at all others.
 *
 * @param index From 0 to `classes` − 1.
 * @param classes The number of classes C, from 2 to 65,535.
 * @returns `[C]`.
 * @throws InvalidTypeError where either is no number; InvalidValueError where it is out of range or not a whole number.
 * @see https://d2l.ai/chapter_linear-classification/softmax-regression.html#classification
 */
export function oneHot(index: number, classes: number): number[] {
	checkInteger('classes', classes, 2, MAX_CLASSES);
	checkInteger('index', index, 0, classes - 1);
	return Array.from({ length: classes }, (_, i) => (i === index ? 1 : 0));
}

/**
 * The index of the largest value, the lowest one where several are equal: the predicted class, from logits or probabilities.
 *
 * @param values `[C]`, numbers, NaN excluded.
 * @throws InvalidTypeError where they are no array of numbers; InvalidValueError where there are none, or one is NaN.
 */
export function argmax(values: ArrayLike<number>): number {
	const numbers = checkNumbers('values', values, 'numbers other than NaN', (value) => !Number.isNaN(value));
	return numbers.reduce((best, value, i) => (value > numbers[best] ? i : best), 0);
}

function checkArray<T>(field: string, values: ArrayLike<T>): T[] {
	// A string and a function have a length too.
	if (typeof values !== 'object' || values === null || !Number.isInteger(values.length)) {
		throw wrongType(field, 'an array or typed array', values);
	}
	if (values.length === 0) throw badValue(field, 'at least one value', 'none');
	return Array.from(values);
}

function checkNumbers(
	field: string,
	values: ArrayLike<number>,
	expected: string,
	accepts: (value: number) => boolean,
): number[] {
	const numbers = checkArray(field, values);
	for (const [i, value] of numbers.entries()) {
		if (typeof value !== 'number') {
			throw new InvalidTypeError({ field, expected: 'numbers', got: `${typeof value} at index ${i}` });
		}
		if (!accepts(value)) throw badValue(field, expected, `${value} at index ${i}`);
	}
	return numbers;
}

function checkDistribution(field: string, values: ArrayLike<number>): number[] {
	const isProbability = (value: number) => value >= 0 && value <= 1 + sumTolerance;
	const numbers = checkNumbers(field, values, 'numbers from 0 to 1', isProbability);
	const sum = numbers.reduce((a, b) => a + b);
	if (Math.abs(sum - 1) > sumTolerance) {
		throw badValue(field, 'numbers in sum 1', `${sum} in sum`);
	}
	return numbers;
}

function checkClasses(field: string, values: ArrayLike<number> | ArrayLike<string>): (number | string)[] {
	const classes = checkArray<number | string>(field, values);
	const type = typeof classes[0];
	const odd = classes.findIndex((value) => typeof value !== type || (type !== 'number' && type !== 'string'));
	if (odd >= 0) {
		const expected = 'class indices or class names, all of one kind';
		throw new InvalidTypeError({ field, expected, got: `${typeof classes[odd]} at index ${odd}` });
	}
	const wrong = classes.findIndex((value) => typeof value === 'number' && !(Number.isInteger(value) && value >= 0));
	if (wrong >= 0) {
		const expected = 'whole numbers, 0 or more';
		throw badValue(field, expected, `${classes[wrong]} at index ${wrong}`);
	}
	return classes;
}

function checkSameLength(field: string, got: number, expected: number, other: string): void {
	if (got === expected) return;
	throw badValue(field, `${expected} values, as many as ${other}`, `${got}`);
}
