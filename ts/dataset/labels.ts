/** Labels as class indices, class names or targets, read in slices of rows. */
import { badData, wrongType } from '../api/check.js';
import type { Labels } from '../api/types.js';

/** The kind of labels: class indices, class names, or a distribution over the classes. */
export type LabelKind = 'indices' | 'names' | 'targets';

/** Labels that can be read in slices of rows. */
export interface LabelRows {
	kind: LabelKind;
	/** Values per row: 1, or C for targets. */
	width: number;
	read(start: number, end: number): Labels;
}

const expectedLabels =
	'class indices (an integer typed array or an array of numbers), class names (an array of strings) ' +
	'or a Float32Array of targets [count · C]';

/** The number of rows of labels; undefined for targets, where it depends on the number of classes. */
export function countLabels(labels: Labels): number | undefined {
	const kind = kindOf(labels);
	if (labels.length === 0) {
		throw badData('labels', 'at least one label', 'none');
	}
	return kind === 'targets' ? undefined : labels.length;
}

/**
 * @param count number of samples
 * @throws InvalidTypeError, InvalidValueError where the labels are of no known kind or not one per sample
 */
export function readLabels(labels: Labels, count: number): LabelRows {
	const kind = kindOf(labels);
	const width = kind === 'targets' ? labels.length / count : 1;
	if (kind === 'targets' ? !Number.isInteger(width) || width < 2 : labels.length !== count) {
		const expected =
			kind === 'targets' ? `a Float32Array of targets [${count} · C] with C ≥ 2` : `${count} labels, one per sample`;
		throw badData('labels', expected, `${labels.length} values`);
	}
	const read = (start: number, end: number) => {
		return Array.isArray(labels) ? plainLabels(labels, kind, start, end) : labels.slice(start * width, end * width);
	};
	return { kind, width, read };
}

/** A copy of labels in an array. All must have the type of the first: some other values cannot be sent to a worker. */
function plainLabels(labels: readonly unknown[], kind: LabelKind, start: number, end: number): Labels {
	const [type, expected] = kind === 'names' ? ['string', 'the name of a class'] : ['number', 'the index of a class'];
	const copy = Array.from({ length: end - start }, (_, position) => {
		const label = labels[start + position];
		if (typeof label === type) return label;
		throw wrongType('labels', expected, label, { row: start + position });
	});
	return copy as number[] | string[];
}

function kindOf(labels: Labels): LabelKind {
	if (labels instanceof Float32Array) return 'targets';
	if (Array.isArray(labels)) return typeof labels[0] === 'string' ? 'names' : 'indices';
	if (ArrayBuffer.isView(labels) && 'length' in labels) {
		const other = labels instanceof Float64Array || labels instanceof BigInt64Array || labels instanceof BigUint64Array;
		if (!other) return 'indices';
	}
	throw wrongType('labels', expectedLabels, labels);
}
