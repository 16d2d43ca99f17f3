import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { classificationReport, type ReportOptions, type Scores } from 'softmax-simd/metrics';
import { describe, expect, it } from 'vitest';
import { untyped } from '../calls.js';

type SklearnScores = { precision: number; recall: number; 'f1-score': number; support: number };

/** Made by test/fixtures/metrics.py with scikit-learn. */
interface Fixture {
	probabilities: string;
	labels: number[];
	topK: number;
	loss: number;
	accuracy: number;
	topKAccuracy: number;
	expectedCalibrationError: number;
	confusionMatrix: number[][];
	classes: SklearnScores[];
	macroAverage: SklearnScores;
	weightedAverage: SklearnScores;
}

const file = new URL('../fixtures/metrics.json', import.meta.url);
const fixtures: Record<string, Fixture> = JSON.parse(readFileSync(file, 'utf8'));

function decode(text: string): Float32Array {
	return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}

function expectScores(scores: Scores, expected: SklearnScores): void {
	expect(scores.precision).toBeCloseTo(expected.precision, 12);
	expect(scores.recall).toBeCloseTo(expected.recall, 12);
	expect(scores.f1).toBeCloseTo(expected['f1-score'], 12);
}

/** Three samples of classes 0, 1, 2, of which the second is taken for class 0. */
const probabilities = Float32Array.of(0.7, 0.2, 0.1, 0.5, 0.3, 0.2, 0, 0, 1);
const labels = [0, 1, 2];

describe.each(Object.entries(fixtures))('classificationReport agrees with scikit-learn on %s', (_, fixture) => {
	const report = classificationReport(decode(fixture.probabilities), fixture.labels, { topK: fixture.topK });

	it('in loss and accuracies', () => {
		expect(report.count).toBe(fixture.labels.length);
		// scikit-learn computes this one in float32.
		expect(Math.abs(report.loss / fixture.loss - 1)).toBeLessThan(1e-6);
		expect(report.accuracy).toBeCloseTo(fixture.accuracy, 12);
		expect(report.topKAccuracy).toBeCloseTo(fixture.topKAccuracy, 12);
	});

	it('in the confusion matrix', () => {
		expect(report.confusionMatrix).toEqual(fixture.confusionMatrix);
	});

	it('in precision, recall, F1 and support, by class and averaged', () => {
		for (const [index, expected] of fixture.classes.entries()) {
			expectScores(report.classes[index], expected);
			expect(report.classes[index].support).toBe(expected.support);
		}
		expectScores(report.macroAverage, fixture.macroAverage);
		expectScores(report.weightedAverage, fixture.weightedAverage);
	});

	it('and with the definition of the expected calibration error', () => {
		expect(report.expectedCalibrationError).toBeCloseTo(fixture.expectedCalibrationError, 10);
	});

	it('and finds the samples behind every cell', () => {
		for (const [row, cells] of fixture.confusionMatrix.entries()) {
			for (const [column, count] of cells.entries()) {
				const samples = report.samplesOf(row, column);
				expect(samples.length).toBe(count);
				expect(Array.from(samples).every((sample) => fixture.labels[sample] === row)).toBe(true);
			}
		}
	});
});

describe('classificationReport', () => {
	it('names classes, and finds samples by them', () => {
		const report = classificationReport(probabilities, labels, { classNames: ['cat', 'dog', 'duck'] });
		expect(report.classes.map(({ className }) => className)).toEqual(['cat', 'dog', 'duck']);
		expect(report.samplesOf('dog', 'cat')).toEqual(Uint32Array.of(1));
		expect(report.samplesOf('dog', 2)).toEqual(new Uint32Array(0));
		expect(() => report.samplesOf('cow', 'cat')).toThrow('trueClass: expected the name of a class, got "cow"');
		expect(() => report.samplesOf(0, 3)).toThrow('predictedClass: expected an integer from 0 to 2, got 3');
		expect(() => report.samplesOf(0, untyped(null))).toThrow(TypeError);
	});

	it('has the top-k accuracy only where k is given, and 1 where k is every class', () => {
		expect(classificationReport(probabilities, labels)).not.toHaveProperty('topKAccuracy');
		expect(classificationReport(probabilities, labels, { topK: 1 }).topKAccuracy).toBeCloseTo(2 / 3);
		expect(classificationReport(probabilities, labels, { topK: 2 }).topKAccuracy).toBe(1);
	});

	it('takes the lowest of equally probable classes, as predict does', () => {
		const report = classificationReport(Float32Array.of(0.5, 0.5, 0.5, 0.5), [0, 1], { topK: 1 });
		expect(report.confusionMatrix).toEqual([
			[1, 0],
			[1, 0],
		]);
		expect(report.topKAccuracy).toBe(0.5);
	});

	it('has a finite loss where a label’s probability is 0', () => {
		expect(classificationReport(Float32Array.of(1, 0), [1]).loss).toBeCloseTo(149 * Math.LN2, 10);
	});

	it('can be turned into JSON', () => {
		const report = JSON.parse(JSON.stringify(classificationReport(probabilities, labels)));
		expect(report).toMatchObject({
			count: 3,
			confusionMatrix: [
				[1, 0, 0],
				[1, 0, 0],
				[0, 0, 1],
			],
		});
	});

	it('takes labels in any integer array, and many classes', () => {
		const expected = classificationReport(probabilities, labels).classes;
		for (const Type of [Uint8Array, Int32Array, Uint32Array]) {
			expect(classificationReport(probabilities, Type.from(labels)).classes).toEqual(expected);
		}
		const many = classificationReport(new Float32Array(40_000).fill(1 / 20_000), [0, 19_999]);
		expect(many.accuracy).toBe(0.5);
		expect(many.samplesOf(19_999, 0)).toEqual(Uint32Array.of(1));
		expect(() => many.confusionMatrix).toThrow('confusionMatrix: expected at most 8192 classes, got 20000');
	});

	it('keeps every number within its range', () => {
		const outcomes = fc
			.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 20 }))
			.chain(([classes, count]) => {
				const exponents = { minLength: classes * count, maxLength: classes * count };
				const indices = { minLength: count, maxLength: count };
				return fc.tuple(fc.array(fc.integer({ min: -40, max: 0 }), exponents), fc.array(fc.nat(classes - 1), indices));
			});
		fc.assert(
			fc.property(outcomes, ([exponents, truth]) => {
				const classes = exponents.length / truth.length;
				const rows = Float32Array.from(exponents, (exponent, i) => {
					const start = i - (i % classes);
					const sum = exponents.slice(start, start + classes).reduce((total, other) => total + Math.exp(other), 0);
					return Math.exp(exponent) / sum;
				});
				const report = classificationReport(rows, truth, { topK: 1 });
				expect(report.topKAccuracy).toBe(report.accuracy);
				expect(report.confusionMatrix.flat().reduce((total, cell) => total + cell)).toBe(truth.length);
				const { macroAverage, weightedAverage, expectedCalibrationError } = report;
				// Recall averaged by support counts the samples that are right.
				expect(weightedAverage.recall).toBeCloseTo(report.accuracy, 10);
				const all = [...Object.values(macroAverage), ...Object.values(weightedAverage), expectedCalibrationError];
				expect(all.every((score) => score >= 0 && score <= 1 + 1e-12)).toBe(true);
			}),
		);
	});

	const refused: [string, unknown, unknown, ReportOptions, object][] = [
		['probabilities of another type', [0.5, 0.5], [0], {}, { field: 'probabilities', code: 'INVALID_TYPE' }],
		['no labels', probabilities, [], {}, { field: 'labels', got: 'none' }],
		['labels that are text', probabilities, 'abc', {}, { field: 'labels', code: 'INVALID_TYPE' }],
		['a length that is no multiple', probabilities, [0, 1], {}, { field: 'probabilities' }],
		['a single class', probabilities, new Uint8Array(9), {}, { field: 'probabilities' }],
		['a label beyond the classes', probabilities, [0, 1, 3], {}, { field: 'labels', row: 2, got: '3' }],
		['a label that is a name', probabilities, [0, 'dog', 2], {}, { field: 'labels', row: 1, got: '"dog"' }],
		[
			'a probability that is none',
			probabilities.map((value, i) => (i === 5 ? Number.NaN : value)),
			labels,
			{},
			{ field: 'probabilities', row: 1, column: 2, got: 'NaN' },
		],
		['logits', probabilities.map((value) => value * 3), labels, {}, { field: 'probabilities', row: 0, column: 0 }],
		['too many names', probabilities, labels, { classNames: ['a', 'b', 'c', 'd'] }, { field: 'classNames' }],
		['k beyond the classes', probabilities, labels, { topK: 4 }, { field: 'topK' }],
		['unknown options', probabilities, labels, { top: 4 } as ReportOptions, { field: 'options' }],
	];

	it.each(refused)('refuses %s', (_, values, truth, options, expected) => {
		expect(() => classificationReport(values as Float32Array, truth as number[], options)).toThrow(
			expect.objectContaining(expected),
		);
	});
});
