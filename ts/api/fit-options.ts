/** The checked options of `fit`: numbers and plain objects that cross to the worker; callbacks and signals stay. */

import {
	checkBoolean,
	checkFunction,
	checkInteger,
	checkKeys,
	checkNumber,
	optional,
	show,
	wrongType,
	wrongValue,
} from './check.js';
import { InvalidValueError } from './errors.js';
import { checkLearningRate, checkRate, type RateSettings } from './learning-rate.js';
import { checkSignal } from './signal.js';
import type {
	ClassWeight,
	EarlyStopping,
	FitOptions,
	GradientOptions,
	PartialFitOptions,
	UpdateOptions,
} from './types.js';

/** How steps are taken, as torch.optim.SGD has it. */
export interface OptimizerSettings {
	momentum: number;
	nesterov: boolean;
	weightDecay: number;
	decayBias: boolean;
}

/** What decides the numbers of a training. */
export interface FitSettings extends OptimizerSettings {
	epochs: number;
	batchSize: number;
	shuffle: boolean;
	rate: RateSettings;
	labelSmoothing: number;
	sampleWeight?: Float32Array;
	classWeight?: ClassWeight;
	validationSplit: number;
	earlyStopping?: Required<EarlyStopping>;
	/** Samples of a stream that are shuffled among each other. */
	shuffleBuffer: number;
	/** Of a stream: which window of its epoch this is, from 0. */
	window?: number;
}

/** Options that decide a gradient: all that `gradient` takes. */
const gradientKeys = ['labelSmoothing', 'sampleWeight', 'classWeight'];
/** Options that decide where a gradient leads: all that `applyGradients` takes. */
const updateKeys = ['learningRate', 'momentum', 'nesterov', 'weightDecay', 'decayBias'];
/** Options of a single step: all that `partialFit` takes. */
const stepKeys = [...updateKeys, ...gradientKeys];
const fitKeys = [
	'epochs',
	'batchSize',
	'shuffle',
	...stepKeys,
	'validationData',
	'validationSplit',
	'earlyStopping',
	'shuffleBuffer',
	'signal',
	'onEpochEnd',
	'onProgress',
];

/**
 * @param firstEpoch the number of the first epoch to come, for learning rates that are functions of it
 * @throws InvalidTypeError, InvalidValueError naming the option at fault, or the two that contradict each other
 */
export function checkFitOptions<D>(options: FitOptions<D>, firstEpoch: number): FitSettings {
	checkKeys('options', options, fitKeys);
	checkFunction('onEpochEnd', options.onEpochEnd);
	checkFunction('onProgress', options.onProgress);
	optional(options.signal, checkSignal);
	const { epochs = 10, batchSize = 256, learningRate = 0.1, shuffle = true, momentum = 0, nesterov = false } = options;
	const { weightDecay = 0, decayBias = true, labelSmoothing = 0, validationSplit = 0 } = options;
	checkInteger('epochs', epochs, 0, 2 ** 31);
	const settings: FitSettings = {
		epochs,
		batchSize: checkInteger('batchSize', batchSize, 1, 2 ** 31),
		shuffle: checkBoolean('shuffle', shuffle),
		rate: checkLearningRate(learningRate, epochs, firstEpoch),
		momentum: checkFraction('momentum', momentum),
		nesterov: checkBoolean('nesterov', nesterov),
		weightDecay: checkRate('weightDecay', weightDecay),
		decayBias: checkBoolean('decayBias', decayBias),
		labelSmoothing: checkFraction('labelSmoothing', labelSmoothing),
		sampleWeight: optional(options.sampleWeight, (weights) => checkWeights('sampleWeight', weights)),
		classWeight: optional(options.classWeight, checkClassWeight),
		validationSplit: checkFraction('validationSplit', validationSplit),
		earlyStopping: optional(options.earlyStopping, checkEarlyStopping),
		shuffleBuffer: checkInteger('shuffleBuffer', options.shuffleBuffer ?? 4096, 1, 2 ** 31),
	};
	checkContradictions(settings, options.validationData !== undefined);
	return settings;
}

/**
 * As `checkFitOptions` for one step on a whole batch.
 *
 * @param epoch the number of the epoch to come, for learning rates that are functions of it
 */
export function checkPartialFitOptions(options: PartialFitOptions, epoch: number): FitSettings {
	checkKeys('options', options, stepKeys);
	return checkFitOptions({ ...options, epochs: 1, batchSize: 2 ** 31, shuffle: false }, epoch);
}

/** As `checkPartialFitOptions` for what `gradient` takes. */
export function checkGradientOptions(options: GradientOptions): FitSettings {
	checkKeys('options', options, gradientKeys);
	return checkPartialFitOptions(options, 1);
}

/** As `checkPartialFitOptions` for what `applyGradients` takes. */
export function checkUpdateOptions(options: UpdateOptions, epoch: number): FitSettings {
	checkKeys('options', options, updateKeys);
	return checkPartialFitOptions(options, epoch);
}

function checkContradictions(settings: FitSettings, hasValidationData: boolean): void {
	const contradiction = (field: string, expected: string, got: string) => {
		return new InvalidValueError({ field, expected, got }, 'CONTRADICTION');
	};
	const { nesterov, momentum, validationSplit, earlyStopping } = settings;
	if (nesterov && momentum === 0) throw contradiction('nesterov', 'a momentum above 0 with it', 'momentum 0');
	if (validationSplit > 0 && hasValidationData) {
		throw contradiction('validationSplit', 'either validationSplit or validationData', 'both');
	}
	if (earlyStopping?.monitor.startsWith('validation') && validationSplit === 0 && !hasValidationData) {
		const expected = `validationData or validationSplit, to monitor ${earlyStopping.monitor}`;
		throw contradiction('earlyStopping', expected, 'neither');
	}
}

function checkEarlyStopping(value: EarlyStopping): Required<EarlyStopping> {
	checkKeys('earlyStopping', value, ['monitor', 'patience', 'minDelta', 'restoreBest']);
	const { monitor = 'validationLoss', patience = 3, minDelta = 0, restoreBest = true } = value;
	const monitors = ['validationLoss', 'validationAccuracy', 'loss', 'accuracy'];
	if (!monitors.includes(monitor)) {
		const expected = monitors.map(show).join(', ');
		throw wrongValue('earlyStopping.monitor', expected, monitor);
	}
	return {
		monitor,
		patience: checkInteger('earlyStopping.patience', patience, 0, 2 ** 31),
		minDelta: checkRate('earlyStopping.minDelta', minDelta),
		restoreBest: checkBoolean('earlyStopping.restoreBest', restoreBest),
	};
}

function checkFraction(field: string, value: unknown): number {
	return checkNumber(field, value, 'a number from 0 up to, but not, 1', (fraction) => fraction >= 0 && fraction < 1);
}

function checkWeights(field: string, value: unknown): Float32Array {
	if (!Array.isArray(value) && !(value instanceof Float32Array)) {
		throw wrongType(field, 'an array of numbers or a Float32Array', value);
	}
	for (let row = 0; row < value.length; row++) {
		const weight: unknown = value[row];
		if (typeof weight === 'number' && weight >= 0 && Number.isFinite(Math.fround(weight))) continue;
		throw wrongValue(field, 'a finite weight ≥ 0', weight, { row });
	}
	const weights = Float32Array.from(value);
	if (weights.some((weight) => weight > 0)) return weights;
	throw new InvalidValueError({ field, expected: 'a weight above 0', got: 'none' });
}

function checkClassWeight(value: ClassWeight): ClassWeight {
	if (value === 'balanced') return value;
	if (Array.isArray(value) || value instanceof Float32Array) return checkWeights('classWeight', value);
	if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
		const expected = '"balanced", one weight per class or an object of weights by name';
		throw wrongType('classWeight', expected, value);
	}
	const entries = Object.entries(value);
	return Object.fromEntries(entries.map(([name, weight]) => [name, checkRate(`classWeight[${show(name)}]`, weight)]));
}
