/** Classification report: scores per class, averages, confusion matrix and calibration. */
import { badValue, checkInteger, wrongType, wrongValue } from '../api/check.js';
import type { ClassIndices } from '../api/types.js';
import { checkOutcomes, type Outcomes, type ReportOptions } from './check.js';

/** Scores of a class, or an average over classes, as scikit-learn defines them with `zero_division=0`. */
export interface Scores {
	/** Fraction of the samples predicted as this class that belong to it; 0 where none is predicted so. */
	precision: number;
	/** Fraction of the samples of this class that are predicted as it; 0 where it has no samples. */
	recall: number;
	/** Harmonic mean of precision and recall; 0 where both are 0. */
	f1: number;
}

/** The scores of one class. */
export interface ClassScores extends Scores {
	className: string;
	/** Samples of the class. */
	support: number;
}

/** Result of `classificationReport`; N samples, C classes. */
export interface ClassificationReport {
	/** Number of samples N. */
	count: number;
	/** Mean of −log p(label) in nats; a probability of 0 counts as 2⁻¹⁴⁹, the smallest positive float32. */
	loss: number;
	/** Fraction of samples whose most probable class, the lowest index where several are, is the label. */
	accuracy: number;
	/** With `topK`: fraction of samples whose label is among the k most probable classes; lower indices win ties. */
	topKAccuracy?: number;
	/**
	 * Mean difference of confidence and accuracy over 15 bins of confidence, weighted by their samples: from 0, well calibrated,
	 * to 1. Guo et al. 2017, equation 3: https://arxiv.org/abs/1706.04599
	 */
	expectedCalibrationError: number;
	/** `[C]`, in the order of the classes. */
	classes: ClassScores[];
	/** Unweighted mean over all C classes, including those without samples. */
	macroAverage: Scores;
	/** Mean over the classes, weighted by support. */
	weightedAverage: Scores;
	/**
	 * `[C][C]`: samples by true class (rows) and predicted class (columns). Computed on first use.
	 *
	 * @throws InvalidValueError above 8,192 classes, where `classes` and `samplesOf` still work.
	 */
	readonly confusionMatrix: number[][];
	/**
	 * The indices of the samples that a cell of the confusion matrix counts, in ascending order.
	 *
	 * @param trueClass index or name
	 * @param predictedClass index or name
	 * @throws InvalidTypeError, InvalidValueError where an argument is no class
	 */
	samplesOf(trueClass: number | string, predictedClass: number | string): Uint32Array;
}

const LEAST_PROBABILITY = 2 ** -149;

/** A matrix of 8,192² has 67 million numbers. */
const MAX_MATRIX_CLASSES = 8192;

/**
 * Compares predicted probabilities with the labels.
 *
 * @param probabilities `[N · C]`, each row in sum 1, as `predict` returns them.
 * @param labels `[N]` class indices.
 * @throws InvalidTypeError, InvalidValueError naming the argument, and the row and column of a wrong value.
 */
export function classificationReport(
	probabilities: Float32Array,
	labels: ClassIndices,
	options: ReportOptions = {},
): ClassificationReport {
	const outcomes = checkOutcomes(probabilities, labels, options);
	const { labels: truth, classNames, classes, topK } = outcomes;
	const count = truth.length;
	const { predicted, confidences } = mostProbable(outcomes);
	const isCorrect = (row: number) => predicted[row] === truth[row];
	const scores = scoreClasses(truth, predicted, classNames);
	let matrix: number[][] | undefined;
	return {
		count,
		loss: meanLoss(outcomes),
		accuracy: predicted.filter((_, row) => isCorrect(row)).length / count,
		...(topK !== undefined && { topKAccuracy: topKAccuracy(outcomes, topK) }),
		expectedCalibrationError: expectedCalibrationError(confidences, isCorrect),
		classes: scores,
		macroAverage: averageScores(scores, () => 1 / classes),
		weightedAverage: averageScores(scores, ({ support }) => support / count),
		get confusionMatrix() {
			matrix ??= confusion(truth, predicted, classes);
			return matrix;
		},
		samplesOf(trueClass, predictedClass) {
			const [row, column] = [classIndex(trueClass, 'trueClass'), classIndex(predictedClass, 'predictedClass')];
			const samples: number[] = [];
			for (let i = 0; i < count; i++) {
				if (truth[i] === row && predicted[i] === column) samples.push(i);
			}
			return Uint32Array.from(samples);
		},
	};

	function classIndex(value: number | string, field: string): number {
		if (typeof value === 'number') return checkInteger(field, value, 0, classes - 1);
		if (typeof value !== 'string') {
			throw wrongType(field, 'a class index or name', value);
		}
		const index = classNames.indexOf(value);
		if (index >= 0) return index;
		throw wrongValue(field, 'the name of a class', value);
	}
}

function mostProbable({ probabilities, classes, labels }: Outcomes) {
	const predicted = new Uint32Array(labels.length);
	const confidences = new Float32Array(labels.length);
	for (let row = 0; row < labels.length; row++) {
		const start = row * classes;
		let best = 0;
		for (let index = 1; index < classes; index++) {
			if (probabilities[start + index] > probabilities[start + best]) best = index;
		}
		predicted[row] = best;
		confidences[row] = probabilities[start + best];
	}
	return { predicted, confidences };
}

function meanLoss({ probabilities, labels, classes }: Outcomes): number {
	const loss = labels.reduce((sum, label, row) => {
		return sum - Math.log(Math.max(probabilities[row * classes + label], LEAST_PROBABILITY));
	}, 0);
	return loss / labels.length;
}

function topKAccuracy({ probabilities, labels, classes }: Outcomes, k: number): number {
	let found = 0;
	for (let row = 0; row < labels.length; row++) {
		const start = row * classes;
		const own = probabilities[start + labels[row]];
		let before = 0;
		for (let index = 0; index < classes; index++) {
			const other = probabilities[start + index];
			if (other > own || (other === own && index < labels[row])) before++;
		}
		if (before < k) found++;
	}
	return found / labels.length;
}

function confusion(labels: Uint32Array, predicted: Uint32Array, classes: number): number[][] {
	if (classes > MAX_MATRIX_CLASSES) {
		const expected = `at most ${MAX_MATRIX_CLASSES} classes`;
		throw badValue('confusionMatrix', expected, `${classes}`);
	}
	const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
	for (let row = 0; row < labels.length; row++) matrix[labels[row]][predicted[row]]++;
	return matrix;
}

/**
 * @param labels `[N]`, from 0 to C − 1.
 * @param predicted `[N]`, likewise.
 * @returns `[C]`
 */
function scoreClasses(labels: Uint32Array, predicted: Uint32Array, classNames: readonly string[]): ClassScores[] {
	const counts = () => new Uint32Array(classNames.length);
	const [support, claimed, found] = [counts(), counts(), counts()];
	for (let row = 0; row < labels.length; row++) {
		support[labels[row]]++;
		claimed[predicted[row]]++;
		if (labels[row] === predicted[row]) found[labels[row]]++;
	}
	return classNames.map((className, index) => ({
		className,
		precision: ratio(found[index], claimed[index]),
		recall: ratio(found[index], support[index]),
		f1: ratio(2 * found[index], support[index] + claimed[index]),
		support: support[index],
	}));
}

/** Sums of scores times the weight of each class, which add up to 1. */
function averageScores(scores: readonly ClassScores[], weightOf: (score: ClassScores) => number): Scores {
	const mean = (name: keyof Scores) => scores.reduce((sum, score) => sum + weightOf(score) * score[name], 0);
	return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

function ratio(part: number, whole: number): number {
	return whole === 0 ? 0 : part / whole;
}

/** The number of bins in the paper. */
const BINS = 15;

/**
 * Expected calibration error: samples are sorted into 15 bins of equal width by confidence, the largest probability;
 * Σ over bins of (samples in the bin / N) · |accuracy in the bin − mean confidence in the bin|. Bin m holds confidences
 * above (m − 1)/15 and up to m/15.
 *
 * @param confidences `[N]`, from 0 to 1.
 * @param isCorrect whether the prediction for that sample is right.
 * @returns From 0, well calibrated, to 1.
 * @see Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3: https://arxiv.org/abs/1706.04599
 */
function expectedCalibrationError(confidences: Float32Array, isCorrect: (sample: number) => boolean): number {
	// accuracy − confidence, times the bin's samples: these cancel against the weight.
	const gaps = new Float64Array(BINS);
	for (let row = 0; row < confidences.length; row++) {
		const bin = Math.min(Math.max(Math.ceil(confidences[row] * BINS) - 1, 0), BINS - 1);
		gaps[bin] += (isCorrect(row) ? 1 : 0) - confidences[row];
	}
	return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / confidences.length;
}
