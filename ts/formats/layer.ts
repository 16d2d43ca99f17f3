/** The linear layer and the scaling before it, as model files and exports hold them. */
import { checkClassNames, checkShape, MAX_CLASSES, MAX_WEIGHTS, product, show } from '../api/check.js';
import { InvalidTypeError, InvalidValueError } from '../api/errors.js';
import type { Weights } from '../api/types.js';

/** A trained classifier's parameters and what they apply to; C classes, D features. */
export interface Layer extends Weights {
	/** Shape of one sample; its product is D. */
	inputShape: readonly number[];
	/** `[C]`, where the classes have names. */
	classNames?: readonly string[];
	/** x' = x · inputScale + inputShift, `[D]` or `[1]`; weight and bias apply to x'. Default: by the data's type. */
	inputScale?: Float32Array;
	/** See `inputScale`. Default 0. */
	inputShift?: Float32Array;
}

/** @throws InvalidTypeError, InvalidValueError naming the part at fault; `prefix` comes before each name. */
export function checkLayer(layer: Layer, prefix = ''): { classes: number; features: number } {
	const features = product(checkShape(`${prefix}inputShape`, layer.inputShape));
	const classes = checkFloats(`${prefix}bias`, layer.bias, 1).length;
	const most = Math.min(MAX_CLASSES, Math.floor(MAX_WEIGHTS / features));
	if (classes < 2 || classes > most) {
		const expected = `2 to ${most} values where a sample has ${features} features`;
		throw new InvalidValueError({ field: `${prefix}bias`, expected, got: `${classes}` });
	}
	checkFloats(`${prefix}weight`, layer.weight, features, [classes * features]);
	for (const name of ['inputScale', 'inputShift'] as const) {
		if (layer[name] !== undefined) checkFloats(`${prefix}${name}`, layer[name], features, [1, features]);
	}
	if (layer.classNames !== undefined) {
		const { length } = checkClassNames(`${prefix}classNames`, layer.classNames);
		checkLength(`${prefix}classNames`, length, [classes]);
	}
	return { classes, features };
}

/** Finite numbers in rows of `width`, as many as one of `lengths`. */
export function checkFloats(field: string, values: unknown, width: number, lengths?: readonly number[]): Float32Array {
	if (!(values instanceof Float32Array)) {
		throw new InvalidTypeError({ field, expected: 'Float32Array', got: show(values) });
	}
	if (lengths) checkLength(field, values.length, lengths);
	const other = values.findIndex((value) => !Number.isFinite(value));
	if (other < 0) return values;
	const place = { row: Math.floor(other / width), column: other % width };
	throw new InvalidValueError({ field, ...place, expected: 'a finite number', got: show(values[other]) });
}

function checkLength(field: string, length: number, allowed: readonly number[]): void {
	if (allowed.includes(length)) return;
	throw new InvalidValueError({ field, expected: `${[...new Set(allowed)].join(' or ')} values`, got: `${length}` });
}
