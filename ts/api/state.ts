/** Checks of states, weights and gradients that are given back to a trainer. */
import {
	badValue,
	checkFloats,
	checkInteger,
	checkNumber,
	checkShape,
	MAX_EPOCH,
	product,
	wrongType,
} from './check.js';
import type { TrainerOptions } from './options.js';
import type { Gradient, TrainerState, Weights } from './types.js';

/** The options to create a trainer of this state with. */
export function optionsOf(state: TrainerState): TrainerOptions {
	if (typeof state !== 'object' || state === null) {
		throw wrongType('state', 'what getState gave', state);
	}
	checkShape('inputShape', state.inputShape);
	const { inputShape, classNames, bias, seed, initStd, inputScale, inputShift, precision } = state;
	const classes = classNames ?? checkFloats('bias', bias).length;
	return { inputShape, classes, seed, initStd, inputScale, inputShift, precision };
}

/** Checks the part of a state that is no option: the parameters, the momentum buffer and the epoch. */
export function checkState(state: TrainerState, inputShape: readonly number[], classNames: readonly string[]): void {
	checkWeights(state, inputShape, classNames);
	if (state.velocity !== undefined) checkWeights(state.velocity, inputShape, classNames, 'velocity.');
	checkInteger('epoch', state.epoch, 0, MAX_EPOCH);
}

/** Checks one gradient or several: results of `gradient`, or sums of them that were computed elsewhere. */
export function checkGradients(
	value: Gradient | readonly Gradient[],
	inputShape: readonly number[],
	classNames: readonly string[],
): readonly Gradient[] {
	const gradients: readonly Gradient[] = Array.isArray(value) ? value : [value];
	if (gradients.length === 0) {
		throw badValue('gradients', 'at least one gradient', 'none');
	}
	return gradients.map((gradient, index) => {
		const prefix = Array.isArray(value) ? `gradients[${index}].` : 'gradient.';
		checkWeights(gradient, inputShape, classNames, prefix);
		const { weight, bias, loss, totalWeight, correct, count } = gradient;
		checkNumber(`${prefix}loss`, loss);
		checkNumber(`${prefix}totalWeight`, totalWeight, 'a finite number ≥ 0', (total) => total >= 0);
		checkInteger(`${prefix}count`, count, 1, Number.MAX_SAFE_INTEGER);
		checkInteger(`${prefix}correct`, correct, 0, count);
		return { weight, bias, loss, totalWeight, correct, count };
	});
}

/** Checks that parameters have the shape of the model and are finite. */
export function checkWeights(
	weights: Weights,
	inputShape: readonly number[],
	classNames: readonly string[],
	prefix = '',
): void {
	const features = product(inputShape);
	const classes = classNames.length;
	checkFloats(`${prefix}weight`, weights?.weight, [classes * features], features);
	checkFloats(`${prefix}bias`, weights?.bias, [classes]);
}
