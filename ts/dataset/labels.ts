/**
 * Labels as class indices, class names or targets: checked, read in slices of rows, and brought into the form that the kernel
 * takes. The classes that occur in them.
 */
import { badData, MAX_CLASSES, show, wrongType } from '../api/check.js';
import { InvalidTypeError } from '../api/errors.js';
import type { ClassIndices, Labels } from '../api/types.js';

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

/** The classes of a model, or those that occur in labels. */
export interface Classes {
	count?: number;
	names?: readonly string[];
}

/** The known classes, or those that occur in all labels together. Checks that labels fit the known ones. */
export function resolveClasses(parts: readonly Labels[], kind: LabelKind, width: number, known: Classes): Classes {
	if (kind === 'targets') {
		if (known.count !== undefined && known.count !== width) {
			const expected = `targets of ${known.count} classes`;
			throw badData('labels', expected, `${width} per sample`);
		}
		return { ...known, count: width };
	}
	if (kind === 'names') return known.names ? known : classesOfNames(parts as readonly (readonly string[])[], known);
	return known.count === undefined ? { count: Math.max(2, largestIndex(parts as ClassIndices[]) + 1) } : known;
}

function classesOfNames(parts: readonly (readonly string[])[], known: Classes): Classes {
	if (known.count !== undefined) {
		const expected = 'class indices, since the classes have no names';
		throw new InvalidTypeError({ field: 'labels', expected, got: 'class names' });
	}
	const names = new Set<string>();
	for (const part of parts) for (const name of part) names.add(name);
	if (names.size < 2 || names.size > MAX_CLASSES) {
		const expected = `names of 2 to ${MAX_CLASSES} classes`;
		throw badData('labels', expected, `${names.size}`);
	}
	return { count: names.size, names: [...names].sort() };
}

function largestIndex(parts: readonly ClassIndices[]): number {
	let largest = 0;
	let row = 0;
	for (const part of parts) {
		for (const index of part) {
			checkIndex(index, row++, MAX_CLASSES);
			if (index > largest) largest = index;
		}
	}
	return largest;
}

function checkIndex(index: unknown, row: number, classes: number): asserts index is number {
	if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < classes) return;
	throw badData('labels', `an integer from 0 to ${classes - 1}`, show(index), { row });
}

/** The class indices of labels that are names or indices. `row` is the number of the first, for error messages. */
export function classIndices(labels: Labels, kind: LabelKind, row: number, { count = 0, names }: Classes): Uint16Array {
	const indices = new Uint16Array(labels.length);
	const indexOf = new Map<unknown, number>(names?.map((name, index) => [name, index]));
	for (let position = 0; position < labels.length; position++) {
		const label = labels[position];
		if (kind === 'names') {
			const index = indexOf.get(label);
			if (index === undefined) throw unknownName(label, row + position, names ?? []);
			indices[position] = index;
		} else {
			checkIndex(label, row + position, count);
			indices[position] = label;
		}
	}
	return indices;
}

function unknownName(label: unknown, row: number, names: readonly string[]): Error {
	const shown = names.slice(0, 10).map(show).join(', ');
	const expected = `one of ${shown}${names.length > 10 ? `, … (${names.length} classes)` : ''}`;
	return badData('labels', expected, show(label), { row });
}

/** How far the sum of targets may be from 1: they are written in decimals, or are sums of float32. */
const TARGET_SUM_TOLERANCE = 1e-3;

/** Checks that every row of targets is a distribution. */
export function checkTargets(targets: Float32Array, width: number, row: number): void {
	for (let start = 0; start < targets.length; start += width) {
		let sum = 0;
		for (let column = 0; column < width; column++) {
			const target = targets[start + column];
			if (!(target >= 0 && target <= 1)) {
				throw badData('labels', 'a target from 0 to 1', show(target), { row: row + start / width, column });
			}
			sum += target;
		}
		if (Math.abs(sum - 1) > TARGET_SUM_TOLERANCE) {
			throw badData('labels', 'targets that sum to 1', `a sum of ${sum}`, { row: row + start / width });
		}
	}
}
