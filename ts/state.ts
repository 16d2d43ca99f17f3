/** From a trainer's state back to a trainer. */
import { checkInteger, checkShape, product, wrongType, wrongValue } from './check.js';
import { InvalidValueError } from './errors.js';
import type { TrainerOptions, TrainerState, Weights } from './options.js';

/** The options that a trainer of that state was created with. */
export function optionsOf(state: TrainerState): TrainerOptions {
	if (typeof state !== 'object' || state === null) {
		throw wrongType('state', 'what getState gave', state);
	}
	checkShape('inputShape', state.inputShape);
	if (!(state.bias instanceof Float32Array)) {
		throw wrongType('bias', 'a Float32Array', state.bias);
	}
	const { inputShape, classNames, bias, seed, initStd, inputScale, inputShift, precision } = state;
	return { inputShape, classes: classNames ?? bias.length, seed, initStd, inputScale, inputShift, precision };
}

/** Checks what the options do not hold: the parameters, momentum's memory, and the epoch. */
export function checkState(state: TrainerState, inputShape: readonly number[], classNames: readonly string[]): void {
	checkWeights(state, inputShape, classNames);
	if (state.velocity !== undefined) checkWeights(state.velocity, inputShape, classNames, 'velocity.');
	checkInteger('epoch', state.epoch, 0, 2 ** 32 - 2);
}

/** Refuses parameters that are too many or too few for a model, or not finite. */
export function checkWeights(
	weights: Weights,
	inputShape: readonly number[],
	classNames: readonly string[],
	prefix = '',
): void {
	const lengths = { weight: product(inputShape) * classNames.length, bias: classNames.length };
	for (const name of ['weight', 'bias'] as const) {
		const field = prefix + name;
		const values: unknown = weights?.[name];
		const expected = `a Float32Array of ${lengths[name]} finite values`;
		if (!(values instanceof Float32Array)) throw wrongType(field, expected, values);
		if (values.length !== lengths[name])
			throw new InvalidValueError({ field, expected, got: `${values.length} values` });
		const column = values.findIndex((value) => !Number.isFinite(value));
		if (column >= 0) throw wrongValue(field, expected, values[column], { column });
	}
}
