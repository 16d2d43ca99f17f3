/** What decides a model, and what follows from it for inputs of a kind. */
import { badData } from './check.js';
import { InvalidValueError } from './errors.js';
import type { InputKind, Scaling } from './kernel.js';
import type { Precision } from './options.js';

/** What decides a model, checked. */
export interface ModelSettings {
	inputShape?: number[];
	/** How many classes, and their names where they have any. */
	classes?: number;
	classNames?: string[];
	seed: number;
	initStd: number;
	inputScale?: Float32Array;
	inputShift?: Float32Array;
	precision: 'auto' | Precision;
	memoryLimit?: number;
}

/**
 * Up to so many classes `auto` takes fixed16: there the held-out loss was the float32 one to five digits, in two thirds of
 * the time. A gradient of P = 1/C is rounded to steps of 1/32767, so that with many more classes it would begin to show.
 */
const MOST_FIXED16_CLASSES = 1000;

/** Refuses a scaling that is neither for all features nor one value for each. */
export function checkScalingLength(field: string, values: Float32Array, features: number): void {
	if (values.length === features || values.length === 1) return;
	throw new InvalidValueError({ field, expected: `${features} values, one per feature`, got: `${values.length}` });
}

/** How inputs of a kind are scaled: as the settings say, else bytes to [0, 1] and floats not at all. */
export function scalingOf(settings: ModelSettings, kind: InputKind, features: number): Scaling {
	const scale = settings.inputScale ?? Float32Array.of(kind === 'uint8' ? 1 / 255 : 1);
	const shift = settings.inputShift ?? Float32Array.of(0);
	checkScalingLength('inputScale', scale, features);
	checkScalingLength('inputShift', shift, features);
	return { scale, shift };
}

/** The arithmetic for inputs of a kind. */
export function precisionOf({ precision }: ModelSettings, kind: InputKind, classes: number): Precision {
	if (precision === 'fixed16' && kind !== 'uint8') {
		const expected = "a Uint8Array, which precision 'fixed16' is for";
		throw badData('inputs', expected, 'floats');
	}
	if (precision !== 'auto') return precision;
	return kind === 'uint8' && classes <= MOST_FIXED16_CLASSES ? 'fixed16' : 'float32';
}
