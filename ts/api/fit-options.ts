/** Checks the options of `fit`. The settings made of them can be sent to the worker; callbacks and signals cannot, and stay. */

import {
	checkBoolean,
	checkFunction,
	checkInteger,
	checkKeys,
	checkNumber,
	show,
	wrongType,
	wrongValue,
} from './check.js';
import { InvalidValueError } from './errors.js';
import { checkLearningRate, checkRate, type RateSettings, ratesFrom } from './learning-rate.js';
import type {
	ClassWeight,
	EarlyStopping,
	FitOptions,
	GradientOptions,
	LearningRate,
	PartialFitOptions,
	UpdateOptions,
} from './options.js';
import { checkSignal } from './signal.js';

/** The optimizer's options. They mean what they mean in torch.optim.SGD. */
export interface OptimizerSettings {
	momentum: number;
	nesterov: boolean;
	weightDecay: number;
	decayBias: boolean;
}

/** All options that the result of training depends on. */
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
	/** Number of a stream's samples that are shuffled together. */
	shuffleBuffer: number;
	/** Only for a stream: the number of this window in its epoch, from 0. */
	window?: number;
}

/** The rules of one option. The table below has a row for every option, and all checks use it. */
interface Row<Value> {
	/** The value of an option that is not given. */
	default?: Value;
	/** Throws if the value is wrong, and returns the value that training uses. */
	check(field: string, value: Value): unknown;
	/** The part of a single step that the option changes. Single steps refuse options that have none. */
	step?: 'gradient' | 'update';
	/** Tells which values need data that can be read twice. A stream can be read only once, so it refuses them. */
	rereads?: [field: string, isGiven: (value: Value) => boolean];
}

const integer = (least: number) => (field: string, value: number) => checkInteger(field, value, least, 2 ** 31);
const always = () => true;

const table = {
	epochs: { default: 10, check: integer(0), rereads: ['epochs above 1', (epochs) => epochs !== 1] },
	batchSize: { default: 256, check: integer(1) },
	shuffle: { default: true, check: checkBoolean },
	learningRate: {
		default: 0.1,
		check: (_, rate) => checkLearningRate(rate),
		step: 'update',
		rereads: ['a learningRate that goes from batch to batch', isBatchwise],
	},
	momentum: { default: 0, check: checkFraction, step: 'update' },
	nesterov: { default: false, check: checkBoolean, step: 'update' },
	weightDecay: { default: 0, check: checkRate, step: 'update' },
	decayBias: { default: true, check: checkBoolean, step: 'update' },
	labelSmoothing: { default: 0, check: checkFraction, step: 'gradient' },
	sampleWeight: { check: checkWeights, step: 'gradient', rereads: ['sampleWeight', always] },
	classWeight: {
		check: checkClassWeight,
		step: 'gradient',
		rereads: ['classWeight "balanced"', (weight) => weight === 'balanced'],
	},
	validationData: { check: (_, data) => data },
	validationSplit: { default: 0, check: checkFraction, rereads: ['validationSplit', (fraction) => fraction > 0] },
	earlyStopping: { check: checkEarlyStopping, rereads: ['earlyStopping', always] },
	shuffleBuffer: { default: 4096, check: integer(1) },
	signal: { check: checkSignal },
	onEpochEnd: { check: checkFunction },
	onProgress: { check: checkFunction },
} satisfies { [Name in keyof Required<FitOptions>]: Row<NonNullable<FitOptions[Name]>> };

type Checked = {
	[Name in keyof typeof table]:
		| ReturnType<(typeof table)[Name]['check']>
		| ((typeof table)[Name] extends { default: unknown } ? never : undefined);
};

const rows = Object.entries(table) as [keyof FitOptions, Row<never>][];
const keysOf = (...parts: Row<never>['step'][]) =>
	rows.flatMap(([name, { step }]) => (parts.includes(step) ? name : []));
const fitKeys = Object.keys(table);

/** Makes the settings from checked options. The first epoch is known only when the call's turn comes. */
export type SettingsFrom = (firstEpoch: number) => FitSettings;

/**
 * @returns makes the settings; it calls a learning rate that is a function once for each epoch, beginning with the first
 * @throws InvalidTypeError, InvalidValueError naming the option at fault, or the two that contradict each other
 */
export function checkFitOptions<D>(options: FitOptions<D>): SettingsFrom {
	return checkOptions(options);
}

/**
 * Like `checkFitOptions`, for one pass over a stream.
 *
 * @throws InvalidValueError with code CONTRADICTION if an option needs data that can be read twice, or the number of samples
 */
export function checkStreamOptions<D>(options: FitOptions<D>): SettingsFrom {
	return checkOptions(options, true);
}

/** Like `checkFitOptions`, for one step on a whole batch. */
export function checkPartialFitOptions(options: PartialFitOptions): SettingsFrom {
	return checkStepOptions(options, keysOf('update', 'gradient'));
}

/** Like `checkPartialFitOptions`, for the options of `gradient`. */
export function checkGradientOptions(options: GradientOptions): SettingsFrom {
	return checkStepOptions(options, keysOf('gradient'));
}

/** Like `checkPartialFitOptions`, for the options of `applyGradients`. */
export function checkUpdateOptions(options: UpdateOptions): SettingsFrom {
	return checkStepOptions(options, keysOf('update'));
}

function checkStepOptions(options: PartialFitOptions, keys: readonly string[]): SettingsFrom {
	checkKeys('options', options, keys);
	return checkOptions({ ...options, epochs: 1, batchSize: 2 ** 31, shuffle: false });
}

function checkOptions(options: FitOptions<unknown>, isStream = false): SettingsFrom {
	checkKeys('options', options, fitKeys);
	const values = rows.map(([name, row]) => {
		const given = options[name] as undefined;
		const value = given === undefined ? row.default : given;
		if (value === undefined) return [name];
		const checked = row.check(name, value);
		if (isStream && given !== undefined && row.rereads?.[1](given)) {
			throw contradiction(row.rereads[0], 'data that can be read again', 'a stream');
		}
		return [name, checked];
	});
	const { learningRate, validationData, signal, onEpochEnd, onProgress, ...rest } = Object.fromEntries(
		values,
	) as Checked;
	checkContradictions(rest, validationData !== undefined);
	const epochs = isStream ? 1 : rest.epochs;
	return (firstEpoch) => ({ ...rest, epochs, rate: ratesFrom(learningRate, epochs, firstEpoch) });
}

function contradiction(field: string, expected: string, got: string): InvalidValueError {
	return new InvalidValueError({ field, expected, got }, 'CONTRADICTION');
}

function isBatchwise(rate: LearningRate): boolean {
	return typeof rate === 'object' && rate.schedule !== 'step';
}

function checkContradictions(settings: Omit<FitSettings, 'rate'>, hasValidationData: boolean): void {
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

function checkEarlyStopping(_: string, value: EarlyStopping): Required<EarlyStopping> {
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

function checkClassWeight(field: string, value: ClassWeight): ClassWeight {
	if (value === 'balanced') return value;
	if (Array.isArray(value) || value instanceof Float32Array) return checkWeights(field, value);
	if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
		const expected = '"balanced", one weight per class or an object of weights by name';
		throw wrongType(field, expected, value);
	}
	const entries = Object.entries(value);
	return Object.fromEntries(entries.map(([name, weight]) => [name, checkRate(`${field}[${show(name)}]`, weight)]));
}
