/** Checks of the arguments of `classificationReport`. */
import { badValue, checkClassNames, checkInteger, checkKeys, wrongType, wrongValue } from '../api/check.js';
import type { ClassIndices } from '../api/types.js';

/** Options of `classificationReport`. */
export interface ReportOptions {
	/** `[C]`, for the names in the report. Default: the indices in digits. */
	classNames?: readonly string[];
	/** Adds `topKAccuracy`, for this many most probable classes, from 1 to C. */
	topK?: number;
}

/** Checked predictions and labels; N samples, C classes. */
export interface Outcomes {
	/** `[N · C]` */
	probabilities: Float32Array;
	/** `[N]` */
	labels: Uint32Array;
	classes: number;
	classNames: readonly string[];
	topK?: number;
}

/** Probabilities may exceed 1 by this tolerance, from rounding. */
const MAX_PROBABILITY = 1 + 1e-3;

export function checkOutcomes(probabilities: Float32Array, labels: ClassIndices, options: ReportOptions): Outcomes {
	checkKeys('options', options, ['classNames', 'topK']);
	if (!(probabilities instanceof Float32Array)) {
		throw wrongType('probabilities', 'Float32Array', probabilities);
	}
	if (!(Array.isArray(labels) || (ArrayBuffer.isView(labels) && 'length' in labels))) {
		throw wrongType('labels', 'an array of class indices', labels);
	}
	const count = labels.length;
	if (count === 0) throw badValue('labels', 'at least one', 'none');
	const classes = probabilities.length / count;
	if (!Number.isInteger(classes) || classes < 2) {
		const expected = `a multiple of ${count}, the number of labels, by 2 or more classes`;
		throw wrongValue('probabilities', expected, probabilities);
	}
	checkProbabilities(probabilities, classes);
	return {
		probabilities,
		labels: checkLabels(labels, classes),
		classes,
		classNames: checkNames(options.classNames, classes),
		topK: options.topK === undefined ? undefined : checkInteger('topK', options.topK, 1, classes),
	};
}

function checkProbabilities(probabilities: Float32Array, classes: number): void {
	const other = probabilities.findIndex((value) => !(value >= 0 && value <= MAX_PROBABILITY));
	if (other < 0) return;
	const place = { row: Math.floor(other / classes), column: other % classes };
	const expected = 'a number from 0 to 1';
	throw wrongValue('probabilities', expected, probabilities[other], place);
}

function checkLabels(labels: ClassIndices, classes: number): Uint32Array {
	const checked = new Uint32Array(labels.length);
	for (let row = 0; row < labels.length; row++) {
		const label: unknown = labels[row];
		if (typeof label !== 'number' || !Number.isInteger(label) || label < 0 || label >= classes) {
			const expected = `a class index from 0 to ${classes - 1}`;
			throw wrongValue('labels', expected, label, { row });
		}
		checked[row] = label;
	}
	return checked;
}

function checkNames(classNames: readonly string[] | undefined, classes: number): readonly string[] {
	if (classNames === undefined) return Array.from({ length: classes }, (_, index) => String(index));
	const names = checkClassNames('classNames', classNames);
	if (names.length === classes) return names;
	throw badValue('classNames', `${classes} names`, `${names.length}`);
}
