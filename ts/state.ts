/** From a trainer's state back to a trainer. */
import { checkInteger, checkShape, show } from './check.js';
import { InvalidTypeError, InvalidValueError } from './errors.js';
import type { TrainerOptions, TrainerState, Weights } from './options.js';

/** The options that a trainer of that state was created with. */
export function optionsOf(state: TrainerState): TrainerOptions {
	if (typeof state !== 'object' || state === null) {
		throw new InvalidTypeError({ field: 'state', expected: 'what getState gave', got: show(state) });
	}
	checkShape('inputShape', state.inputShape);
	if (!(state.bias instanceof Float32Array)) {
		throw new InvalidTypeError({ field: 'bias', expected: 'a Float32Array', got: show(state.bias) });
	}
	const { inputShape, classNames, bias, seed, initStd, inputScale, inputShift, precision } = state;
	return { inputShape, classes: classNames ?? bias.length, seed, initStd, inputScale, inputShift, precision };
}

/** Checks what the options do not hold: the parameters `like` those of the trainer, momentum's memory, and the epoch. */
export function checkState(state: TrainerState, like: Weights): void {
	checkWeights(state, like);
	if (state.velocity !== undefined) checkWeights(state.velocity, like, 'velocity.');
	checkInteger('epoch', state.epoch, 0, 2 ** 32 - 2);
}

/** Refuses parameters of another length, or that are not finite. */
export function checkWeights(weights: Weights, like: Weights, prefix = ''): void {
	for (const name of ['weight', 'bias'] as const) {
		const field = prefix + name;
		const values: unknown = weights?.[name];
		const expected = `a Float32Array of ${like[name].length} finite values`;
		if (!(values instanceof Float32Array)) throw new InvalidTypeError({ field, expected, got: show(values) });
		if (values.length !== like[name].length)
			throw new InvalidValueError({ field, expected, got: `${values.length} values` });
		const column = values.findIndex((value) => !Number.isFinite(value));
		if (column >= 0) throw new InvalidValueError({ field, column, expected, got: show(values[column]) });
	}
}
