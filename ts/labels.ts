/** Labels as class indices, class names or targets, brought into the form that the kernel takes. */
import { badData, MAX_CLASSES, show, wrongType } from './check.js';
import { InvalidTypeError } from './errors.js';
import type { ClassIndices, Labels } from './options.js';

/** What labels say: the index of a class, its name, or how much of every class. */
export type LabelKind = 'indices' | 'names' | 'targets';

/** Labels by rows that can be read slice by slice. */
export interface LabelRows {
	kind: LabelKind;
	/** Values per row: 1, or C for targets. */
	width: number;
	read(start: number, end: number): Labels;
}

/** The classes that a model has, or that labels show. */
export interface Classes {
	count?: number;
	names?: readonly string[];
}

const expectedLabels =
	'class indices (an integer typed array or an array of numbers), class names (an array of strings) ' +
	'or a Float32Array of targets [count · C]';

/** How many rows labels have; nothing where that depends on the number of classes. */
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
	return { kind, width, read: (start, end) => labels.slice(start * width, end * width) };
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

/** Finds the classes that all labels together show, and checks that the known classes hold them. */
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
	throw badLabel(`an integer from 0 to ${classes - 1}`, index, row, 'number');
}

/** The class indices of labels that name or number classes, from `row` on. */
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
	return badLabel(expected, label, row, 'string');
}

function badLabel(expected: string, label: unknown, row: number, type: 'number' | 'string'): Error {
	const isRightType = typeof label === type;
	return isRightType
		? badData('labels', expected, show(label), { row })
		: wrongType('labels', expected, label, { row });
}

/** Targets are written in decimals or sums of float32; that far their sum may be from 1. */
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
