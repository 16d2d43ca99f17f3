import type { FitSettings } from './fit-settings.js';
import { cosineRate, linearRate, stepRate } from './kernel.js';

/** Where a batch stands. */
interface Place {
	/** First epoch of this `fit`. */
	first: number;
	epoch: number;
	/** Batches of this epoch before it, out of `batches`. */
	batch: number;
	batches: number;
}

/** The learning rate of a batch. */
export function learningRate({ rate, epochs }: FitSettings, place: Place): number {
	if (rate.kind === 'epochs') return rate.rates[Math.min(place.epoch - place.first, rate.rates.length - 1)];
	const epochsDone = place.epoch - (rate.firstEpoch ?? place.first);
	if (rate.kind === 'step') return stepRate(rate.initial, rate.factor, rate.every, Math.max(0, epochsDone));
	const done = Math.max(0, epochsDone * place.batches + place.batch);
	const total = (rate.epochs ?? epochs) * place.batches;
	const { initial, last } = rate;
	return (rate.kind === 'cosine' ? cosineRate : linearRate)(initial, last, done, total);
}
