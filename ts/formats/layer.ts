/** The linear layer and the scaling before it: what model files and exports have in common. */
import { badValue, checkClassNames, checkFloats, checkShape, MAX_CLASSES, MAX_WEIGHTS, product } from '../api/check.js';
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

/** @throws InvalidTypeError, InvalidValueError naming the wrong field, with `prefix` before its name. */
export function checkLayer(layer: Layer, prefix = ''): { classes: number; features: number } {
	const features = product(checkShape(`${prefix}inputShape`, layer.inputShape));
	const classes = checkFloats(`${prefix}bias`, layer.bias).length;
	const most = Math.min(MAX_CLASSES, Math.floor(MAX_WEIGHTS / features));
	if (classes < 2 || classes > most) {
		const expected = `2 to ${most} values where a sample has ${features} features`;
		throw badValue(`${prefix}bias`, expected, `${classes}`);
	}
	checkFloats(`${prefix}weight`, layer.weight, [classes * features], features);
	const lengths = features === 1 ? [1] : [1, features];
	for (const name of ['inputScale', 'inputShift'] as const) {
		if (layer[name] !== undefined) checkFloats(`${prefix}${name}`, layer[name], lengths);
	}
	if (layer.classNames !== undefined) {
		const field = `${prefix}classNames`;
		const { length } = checkClassNames(field, layer.classNames);
		if (length !== classes) throw badValue(field, `${classes} names`, `${length}`);
	}
	return { classes, features };
}
