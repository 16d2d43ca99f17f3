import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidTypeError, InvalidValueError } from '../../ts/api/errors.js';
import { accuracy, argmax, crossEntropy, oneHot, softmax } from '../../ts/metrics/functions.js';
import { untyped } from '../calls.js';

const classNames = ['cat', 'dog', 'duck'];
const duck = classNames.indexOf('duck');

const logits = fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 1, maxLength: 40 });
const distribution = logits.map(softmax);

function sum(values: number[]): number {
	return values.reduce((a, b) => a + b, 0);
}

describe('the example of cat, dog and duck', () => {
	const probabilities = softmax([2, 4, 6]);

	test('outputs become probabilities', () => {
		expect(probabilities.map((p) => p.toFixed(4))).toEqual(['0.0159', '0.1173', '0.8668']);
	});

	test('the largest probability decides: duck', () => {
		expect(classNames[argmax(probabilities)]).toBe('duck');
	});

	test('a label is one-hot', () => {
		expect(classNames.map((_, i) => oneHot(i, 3))).toEqual([
			[1, 0, 0],
			[0, 1, 0],
			[0, 0, 1],
		]);
	});

	test('the loss is −log of the true class’s probability', () => {
		expect(crossEntropy(probabilities, duck).toFixed(4)).toBe('0.1429');
		expect(crossEntropy(probabilities, oneHot(duck, 3))).toBe(crossEntropy(probabilities, duck));
		expect(crossEntropy([0.0159, 0.1173, 0.8668], duck).toFixed(4)).toBe('0.1429');
	});

	test('accuracy is correct predictions over all, by index or by name', () => {
		expect(accuracy([0, 1, 2, 2], [0, 1, 2, 1])).toBe(0.75);
		expect(accuracy(new Uint32Array([0, 1, 2, 2]), new Uint8Array([0, 1, 2, 1]))).toBe(0.75);
		expect(accuracy(['cat', 'dog'], ['cat', 'duck'])).toBe(0.5);
	});
});

describe('softmax', () => {
	test('gives numbers from 0 to 1 that sum to 1, for logits of any size', () => {
		const anySize = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 });
		fc.assert(
			fc.property(anySize, (values) => {
				const probabilities = softmax(values);
				expect(probabilities).toHaveLength(values.length);
				expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
				expect(sum(probabilities)).toBeCloseTo(1, 12);
			}),
		);
	});

	test('does not change when a constant is added to every logit', () => {
		fc.assert(
			fc.property(logits, fc.integer({ min: -1000, max: 1000 }), (values, constant) => {
				const moved = softmax(values.map((value) => value + constant));
				for (const [i, p] of softmax(values).entries()) expect(moved[i]).toBeCloseTo(p, 10);
			}),
		);
	});

	test('keeps the order of the logits', () => {
		fc.assert(
			fc.property(logits, (values) => {
				const probabilities = softmax(values);
				expect(probabilities[argmax(values)]).toBe(Math.max(...probabilities));
			}),
		);
	});

	test('takes typed arrays, leaves its input alone and returns a plain array', () => {
		const input = new Float32Array([2, 4, 6]);
		expect(softmax(input)).toEqual(softmax([2, 4, 6]));
		expect(Array.isArray(softmax(input))).toBe(true);
		expect([...input]).toEqual([2, 4, 6]);
	});

	test('gives equal logits equal shares', () => {
		expect(softmax([7, 7, 7, 7])).toEqual([0.25, 0.25, 0.25, 0.25]);
	});
});

describe('crossEntropy', () => {
	test('is never negative for a class index, and 0 only for certainty', () => {
		expect(Object.is(crossEntropy([0, 1, 0], 1), 0)).toBe(true);
		expect(Object.is(crossEntropy([0, 1, 0], [0, 1, 0]), 0)).toBe(true);
		fc.assert(fc.property(distribution, (p) => crossEntropy(p, p.length - 1) >= 0));
	});

	test('of soft targets is least at the target itself', () => {
		const pair = fc.integer({ min: 2, max: 12 }).chain((length) => {
			const values = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: length, maxLength: length });
			return fc.tuple(values, values);
		});
		fc.assert(
			fc.property(pair, ([a, b]) => {
				const target = softmax(a);
				expect(crossEntropy(softmax(b), target)).toBeGreaterThanOrEqual(crossEntropy(target, target) - 1e-9);
			}),
		);
	});

	test('weights the classes of a soft target by their shares', () => {
		expect(crossEntropy([0.5, 0.25, 0.25], [0.5, 0.5, 0])).toBeCloseTo(1.5 * Math.log(2), 12);
	});

	test('is infinite for what was held impossible, and 0 · log 0 counts as 0', () => {
		expect(crossEntropy([1, 0], 1)).toBe(Number.POSITIVE_INFINITY);
		expect(crossEntropy([1, 0], [0.5, 0.5])).toBe(Number.POSITIVE_INFINITY);
		expect(crossEntropy([0, 1], [0, 1])).toBe(0);
	});

	test('takes float32 probabilities of many classes, which sum to 1 only nearly', () => {
		const many = new Float32Array(softmax(Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i))));
		expect(crossEntropy(many, 999)).toBeCloseTo(-Math.log(many[999]), 12);
	});
});

describe('oneHot and argmax', () => {
	test('are each other’s inverse', () => {
		const indexOfClasses = fc.integer({ min: 2, max: 200 }).chain((classes) => {
			return fc.tuple(fc.nat({ max: classes - 1 }), fc.constant(classes));
		});
		fc.assert(
			fc.property(indexOfClasses, ([index, classes]) => {
				const vector = oneHot(index, classes);
				expect(vector).toHaveLength(classes);
				expect(sum(vector)).toBe(1);
				expect(argmax(vector)).toBe(index);
			}),
		);
	});

	test('ties go to the lowest index', () => {
		expect(argmax([1, 3, 3, 2])).toBe(1);
		expect(argmax([0, -0])).toBe(0);
		expect(argmax([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])).toBe(0);
	});

	test('argmax finds infinities', () => {
		expect(argmax(new Float32Array([1, Number.POSITIVE_INFINITY, 2]))).toBe(1);
	});
});

describe('wrong arguments', () => {
	const wrongValues: [string, () => unknown, string][] = [
		['no logits', () => softmax([]), 'logits: expected at least one value, got none'],
		['NaN', () => softmax([1, Number.NaN]), 'logits: expected finite numbers, got NaN at index 1'],
		['infinity', () => softmax([Number.POSITIVE_INFINITY]), 'logits: expected finite numbers, got Infinity at index 0'],
		['no values', () => argmax([]), 'values: expected at least one value, got none'],
		['NaN', () => argmax([Number.NaN]), 'values: expected numbers other than NaN, got NaN at index 0'],
		['sum 0.9', () => crossEntropy([0.5, 0.4], 0), 'probabilities: expected numbers in sum 1, got 0.9 in sum'],
		['logits', () => crossEntropy([2, -1], 0), 'probabilities: expected numbers from 0 to 1, got 2 at index 0'],
		['negative', () => crossEntropy([1.5, -0.5], 0), 'probabilities: expected numbers from 0 to 1, got 1.5 at index 0'],
		['NaN', () => crossEntropy([Number.NaN], 0), 'probabilities: expected numbers from 0 to 1, got NaN at index 0'],
		['index 2 of 2', () => crossEntropy([0.5, 0.5], 2), 'target: expected an integer from 0 to 1, got 2'],
		['index −1', () => crossEntropy([0.5, 0.5], -1), 'target: expected an integer from 0 to 1, got -1'],
		['index 0.5', () => crossEntropy([0.5, 0.5], 0.5), 'target: expected an integer from 0 to 1, got 0.5'],
		['target sum 2', () => crossEntropy([0.5, 0.5], [1, 1]), 'target: expected numbers in sum 1, got 2 in sum'],
		['length', () => crossEntropy([0.5, 0.5], [1]), 'target: expected 2 values, as many as probabilities, got 1'],
		['no predictions', () => accuracy([], []), 'predicted: expected at least one value, got none'],
		['length', () => accuracy([1, 2], [1]), 'labels: expected 2 values, as many as predicted, got 1'],
		['fraction', () => accuracy([0.5], [0]), 'predicted: expected whole numbers, 0 or more, got 0.5 at index 0'],
		['NaN', () => accuracy([0], [Number.NaN]), 'labels: expected whole numbers, 0 or more, got NaN at index 0'],
		['index 3 of 3', () => oneHot(3, 3), 'index: expected an integer from 0 to 2, got 3'],
		['NaN', () => oneHot(Number.NaN, 3), 'index: expected an integer from 0 to 2, got NaN'],
		['one class', () => oneHot(0, 1), 'classes: expected an integer from 2 to 65535, got 1'],
	];
	test.each(wrongValues)('%s is an InvalidValueError that says so: %#', (_, call, message) => {
		expect(call).toThrow(InvalidValueError);
		expect(call).toThrow(RangeError);
		expect(call).toThrow(expect.objectContaining({ message, code: 'INVALID_VALUE' }));
	});

	const wrongTypes: [string, () => unknown, string][] = [
		['text', () => softmax(untyped('2,4,6')), 'logits: expected an array or typed array, got "2,4,6"'],
		['nothing', () => softmax(untyped(undefined)), 'logits: expected an array or typed array, got undefined'],
		['null', () => argmax(untyped(null)), 'values: expected an array or typed array, got null'],
		['a number', () => argmax(untyped(3)), 'values: expected an array or typed array, got 3'],
		['an object', () => argmax(untyped({})), 'values: expected an array or typed array, got an object'],
		['rows', () => softmax(untyped([[1, 2]])), 'logits: expected numbers, got object at index 0'],
		['a hole', () => softmax(untyped(new Array(1))), 'logits: expected numbers, got undefined at index 0'],
		['bigints', () => softmax(untyped(new BigInt64Array(1))), 'logits: expected numbers, got bigint at index 0'],
		['an index in text', () => oneHot(untyped('1'), 3), 'index: expected an integer from 0 to 2, got "1"'],
		['a name', () => crossEntropy([1], untyped('duck')), 'target: expected an array or typed array, got "duck"'],
		['names', () => accuracy([1], ['dog']), 'labels: expected numbers like predicted, got strings'],
		[
			'a mixture',
			() => accuracy(untyped([1, 'dog']), [1, 1]),
			'predicted: expected class indices or class names, all of one kind, got string at index 1',
		],
		[
			'booleans',
			() => accuracy(untyped([true]), untyped([true])),
			'predicted: expected class indices or class names, all of one kind, got boolean at index 0',
		],
	];
	test.each(wrongTypes)('%s is an InvalidTypeError that says so: %#', (_, call, message) => {
		expect(call).toThrow(InvalidTypeError);
		expect(call).toThrow(TypeError);
		expect(call).toThrow(expect.objectContaining({ message, code: 'INVALID_TYPE' }));
	});
});
