/** The weight of every sample in the loss: its own times that of its class. */
import { badData, badValue, wrongValue } from '../api/check.js';
import type { FitSettings } from '../api/fit-options.js';
import type { ClassWeight } from '../api/options.js';

/**
 * @param labels `[count]` class indices; undefined for soft targets
 * @param names `[C]` names of the classes
 * @returns `[count]`, or undefined where all samples have weight 1
 */
export function combineWeights(
	{ sampleWeight, classWeight }: FitSettings,
	count: number,
	labels: Uint16Array | undefined,
	names: readonly string[],
): Float32Array | undefined {
	if (sampleWeight && sampleWeight.length !== count) {
		const expected = `${count} weights, one per sample`;
		throw badData('sampleWeight', expected, `${sampleWeight.length}`);
	}
	if (!classWeight) return sampleWeight;
	if (!labels) {
		const expected = 'labels that are classes with it';
		throw badValue('classWeight', expected, 'soft targets', undefined, 'CONTRADICTION');
	}
	const byClass = weightsByClass(classWeight, labels, names);
	return Float32Array.from(labels, (label, row) => byClass[label] * (sampleWeight?.[row] ?? 1));
}

function weightsByClass(classWeight: ClassWeight, labels: Uint16Array, names: readonly string[]): ArrayLike<number> {
	if (classWeight === 'balanced') {
		const counts = new Float64Array(names.length);
		for (const label of labels) counts[label]++;
		return counts.map((count) => labels.length / (names.length * count));
	}
	if (Array.isArray(classWeight) || classWeight instanceof Float32Array) {
		if (classWeight.length === names.length) return classWeight;
		const expected = `${names.length} weights, one per class`;
		throw badValue('classWeight', expected, `${classWeight.length}`);
	}
	const byName = classWeight as Readonly<Record<string, number>>;
	const unknown = Object.keys(byName).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		throw wrongValue('classWeight', 'names of classes', unknown);
	}
	return names.map((name) => (Object.hasOwn(byName, name) ? byName[name] : 1));
}
