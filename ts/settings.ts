/** Checked options: what users left out is filled in. */
import {
	checkBoolean,
	checkClassNames,
	checkFunction,
	checkInteger,
	checkKeys,
	checkNumber,
	checkShape,
	MAX_CLASSES,
	product,
	show,
} from './check.js';
import { InvalidTypeError, InvalidValueError } from './errors.js';
import type { InputKind, Scaling } from './kernel.js';
import type { AbortSignalLike, FitOptions, Precision, PredictOptions, TrainerOptions } from './options.js';

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
}

/** What decides the numbers of a training, checked; callbacks and signals stay where they are. */
export interface FitSettings {
	epochs: number;
	batchSize: number;
	learningRate: number;
	shuffle: boolean;
}

const trainerKeys = ['inputShape', 'classes', 'seed', 'initStd', 'inputScale', 'inputShift', 'precision'];
const precisions = ['auto', 'float32', 'fixed16'];
const fitKeys = [
	'epochs',
	'batchSize',
	'learningRate',
	'shuffle',
	'validationData',
	'signal',
	'onEpochEnd',
	'onProgress',
];

/**
 * Up to so many classes `auto` takes fixed16. A gradient of P = 1/C is rounded to 1/32767: with more classes that
 * begins to show.
 */
const MOST_FIXED16_CLASSES = 128;

/** Checks the options of `createTrainer` and `Engine.create`. */
export function checkTrainerOptions(options: TrainerOptions): ModelSettings {
	checkKeys('options', options, trainerKeys);
	const { classes, seed = 0, initStd = 0.01, precision = 'auto' } = options;
	const inputShape = options.inputShape === undefined ? undefined : checkShape('inputShape', options.inputShape);
	const classNames = Array.isArray(classes) ? checkClassNames('classes', classes) : undefined;
	if (!precisions.includes(precision)) {
		throw new InvalidValueError({
			field: 'precision',
			expected: precisions.map(show).join(' or '),
			got: show(precision),
		});
	}
	return {
		inputShape,
		classes:
			classes === undefined ? undefined : (classNames?.length ?? checkInteger('classes', classes, 2, MAX_CLASSES)),
		classNames,
		seed: checkInteger('seed', seed, 0, 2 ** 32 - 1),
		initStd: checkNumber('initStd', initStd, 'a finite number ≥ 0', (value) => value >= 0),
		inputScale: checkScaling('inputScale', options.inputScale, inputShape),
		inputShift: checkScaling('inputShift', options.inputShift, inputShape),
		precision,
	};
}

function checkScaling(field: string, value: unknown, inputShape?: number[]): Float32Array | undefined {
	if (value === undefined) return undefined;
	if (typeof value === 'number') return Float32Array.of(checkNumber(field, value));
	if (!(value instanceof Float32Array)) {
		throw new InvalidTypeError({ field, expected: 'a number or a Float32Array', got: show(value) });
	}
	const other = value.findIndex((element) => !Number.isFinite(element));
	if (other >= 0) {
		throw new InvalidValueError({ field, column: other, expected: 'a finite number', got: show(value[other]) });
	}
	if (inputShape) checkScalingLength(field, value, product(inputShape));
	return value.slice();
}

function checkScalingLength(field: string, values: Float32Array, features: number): void {
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
		throw new InvalidValueError({ field: 'inputs', expected, got: 'floats' }, 'INVALID_DATA');
	}
	if (precision !== 'auto') return precision;
	return kind === 'uint8' && classes <= MOST_FIXED16_CLASSES ? 'fixed16' : 'float32';
}

/** Checks the options of `fit`, all but the validation data. */
export function checkFitOptions<D>(options: FitOptions<D>): FitSettings {
	checkKeys('options', options, fitKeys);
	const { epochs = 10, batchSize = 256, learningRate = 0.1, shuffle = true, signal } = options;
	checkFunction('onEpochEnd', options.onEpochEnd);
	checkFunction('onProgress', options.onProgress);
	if (signal !== undefined && !isSignal(signal)) {
		throw new InvalidTypeError({ field: 'signal', expected: 'an AbortSignal', got: show(signal) });
	}
	return {
		epochs: checkInteger('epochs', epochs, 0, 2 ** 31),
		batchSize: checkInteger('batchSize', batchSize, 1, 2 ** 31),
		learningRate: checkNumber('learningRate', learningRate, 'a finite float32 ≥ 0', (value) => {
			return value >= 0 && Number.isFinite(Math.fround(value));
		}),
		shuffle: checkBoolean('shuffle', shuffle),
	};
}

function isSignal(value: unknown): value is AbortSignalLike {
	return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
}

/** Checks the options of `predict` for a model of `classes` classes. */
export function checkPredictOptions(options: PredictOptions, classes: number): number | undefined {
	checkKeys('options', options, ['topK']);
	return options.topK === undefined ? undefined : checkInteger('topK', options.topK, 1, classes);
}
