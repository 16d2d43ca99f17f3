/** Checked options: what users left out is filled in. */
import {
	checkClassNames,
	checkInteger,
	checkKeys,
	checkNumber,
	checkShape,
	MAX_CLASSES,
	optional,
	product,
	show,
	wrongType,
	wrongValue,
} from './check.js';
import { checkScalingLength, type ModelSettings } from './model-settings.js';
import type { PredictOptions, ResetOptions, TrainerOptions } from './options.js';

const trainerKeys = [
	'inputShape',
	'classes',
	'seed',
	'initStd',
	'inputScale',
	'inputShift',
	'precision',
	'memoryLimit',
];
const precisions = ['auto', 'float32', 'fixed16'];

/** Checks the options of `createTrainer` and `Engine.create`. */
export function checkTrainerOptions(options: TrainerOptions): ModelSettings {
	checkKeys('options', options, trainerKeys);
	const { classes, seed = 0, initStd = 0.01, precision = 'auto' } = options;
	const inputShape = optional(options.inputShape, (shape) => checkShape('inputShape', shape));
	const classNames = Array.isArray(classes) ? checkClassNames('classes', classes) : undefined;
	if (!precisions.includes(precision)) {
		throw wrongValue('precision', precisions.map(show).join(' or '), precision);
	}
	return {
		inputShape,
		classes: classNames?.length ?? optional(classes, (count) => checkInteger('classes', count, 2, MAX_CLASSES)),
		classNames,
		seed: checkSeed(seed),
		initStd: checkNumber('initStd', initStd, 'a finite number ≥ 0', (value) => value >= 0),
		inputScale: checkScaling('inputScale', options.inputScale, inputShape),
		inputShift: checkScaling('inputShift', options.inputShift, inputShape),
		precision,
		memoryLimit: optional(options.memoryLimit, (bytes) => {
			return checkInteger('memoryLimit', bytes, 1, Number.MAX_SAFE_INTEGER);
		}),
	};
}

function checkScaling(field: string, value: unknown, inputShape?: number[]): Float32Array | undefined {
	if (value === undefined) return undefined;
	if (typeof value === 'number') return Float32Array.of(checkNumber(field, value));
	if (!(value instanceof Float32Array)) {
		throw wrongType(field, 'a number or a Float32Array', value);
	}
	const other = value.findIndex((element) => !Number.isFinite(element));
	if (other >= 0) {
		throw wrongValue(field, 'a finite number', value[other], { column: other });
	}
	if (inputShape) checkScalingLength(field, value, product(inputShape));
	return value.slice();
}

/** Checks the options of `predict` for a model of `classes` classes. */
export function checkPredictOptions(options: PredictOptions, classes: number): number | undefined {
	checkKeys('options', options, ['topK']);
	return optional(options.topK, (count) => checkInteger('topK', count, 1, classes));
}

/** Checks the options of `reset`: the new seed, or nothing. */
export function checkResetOptions(options: ResetOptions): number | undefined {
	checkKeys('options', options, ['seed']);
	return optional(options.seed, checkSeed);
}

function checkSeed(value: unknown): number {
	return checkInteger('seed', value, 0, 2 ** 32 - 1);
}
