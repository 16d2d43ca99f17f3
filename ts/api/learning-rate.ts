/** Checks the learning rate of `fit`. */
import { checkInteger, checkKeys, checkNumber, wrongType, wrongValue } from './check.js';
import type { LearningRate } from './options.js';

/** The learning rate of every epoch, or a schedule that the kernel computes for every batch. */
export type RateSettings =
	| { kind: 'epochs'; rates: number[] }
	| { kind: 'cosine' | 'linear'; initial: number; last: number; epochs?: number; firstEpoch?: number }
	| { kind: 'step'; initial: number; factor: number; every: number; firstEpoch?: number };

/** A checked learning rate. A function of the epoch is kept, because it is called only when the epochs are known. */
export type CheckedRate = RateSettings | ((epoch: number) => number);

export function checkLearningRate(learningRate: LearningRate): CheckedRate {
	if (typeof learningRate === 'number') return { kind: 'epochs', rates: [checkRate('learningRate', learningRate)] };
	if (typeof learningRate === 'function') return learningRate;
	if (typeof learningRate !== 'object' || learningRate === null) {
		const expected = 'a number, a function of the epoch or { schedule, … }';
		throw wrongType('learningRate', expected, learningRate);
	}
	return checkSchedule(learningRate as unknown as Record<string, unknown>);
}

/** Replaces a function by its values for `epochs` epochs, beginning with `firstEpoch`. */
export function ratesFrom(rate: CheckedRate, epochs: number, firstEpoch: number): RateSettings {
	if (typeof rate !== 'function') return rate;
	const rates = Array.from({ length: epochs }, (_, index) => {
		return checkRate(`learningRate(${firstEpoch + index})`, rate(firstEpoch + index));
	});
	return { kind: 'epochs', rates };
}

function checkSchedule(schedule: Record<string, unknown>): RateSettings {
	const kind = schedule.schedule;
	if (kind !== 'cosine' && kind !== 'linear' && kind !== 'step') {
		const expected = '"cosine", "linear" or "step"';
		throw wrongValue('learningRate.schedule', expected, kind);
	}
	const initial = checkRate('learningRate.initial', schedule.initial);
	const count = (key: string) => {
		return schedule[key] === undefined ? undefined : checkInteger(`learningRate.${key}`, schedule[key], 1, 2 ** 31);
	};
	if (kind === 'step') {
		checkKeys('learningRate', schedule, ['schedule', 'initial', 'factor', 'every', 'firstEpoch']);
		const factor = checkRate('learningRate.factor', schedule.factor ?? 0.1);
		const every = checkInteger('learningRate.every', schedule.every, 1, 2 ** 31);
		return { kind, initial, factor, every, firstEpoch: count('firstEpoch') };
	}
	checkKeys('learningRate', schedule, ['schedule', 'initial', 'last', 'epochs', 'firstEpoch']);
	const last = checkRate('learningRate.last', schedule.last ?? 0);
	return { kind, initial, last, epochs: count('epochs'), firstEpoch: count('firstEpoch') };
}

export function checkRate(field: string, value: unknown): number {
	return checkNumber(field, value, 'a finite float32 ≥ 0', (rate) => rate >= 0 && Number.isFinite(Math.fround(rate)));
}
