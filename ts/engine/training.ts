/** Training as a generator over batches. The caller decides when the next batch is computed; this does not change the result. */

import { InvalidValueError, NonFiniteLossError } from '../api/errors.js';
import type { FitSettings } from '../api/fit-options.js';
import { describeEpoch } from '../api/results.js';
import type { Scaling } from '../api/trainer-options.js';
import type { EpochLog, History } from '../api/types.js';
import { cosineRate, linearRate, stepRate } from '../kernel/instance.js';
import type { Metrics, Model } from '../kernel/model.js';
import type { Samples } from '../kernel/samples.js';
import { BestEpoch } from './early-stopping.js';

/** The result of a batch, and the state of its epoch after it. */
export interface Step {
	/** Number of the epoch, from 1. It counts on from one `fit` to the next. */
	epoch: number;
	/** Number of batches of this epoch that are done, out of `batches`. */
	batch: number;
	batches: number;
	/** Number of samples in the batch. */
	samples: number;
	/** Mean loss of this batch, before its update. */
	batchLoss: number;
	/** Running mean over this epoch. */
	loss: number;
	/** Running mean over this epoch. */
	accuracy: number;
	/** The result of the epoch, after its last batch. */
	log?: EpochLog;
}

/** The input of a training. */
export interface TrainingTask {
	model: Model;
	samples: Samples;
	scaling: Scaling;
	settings: FitSettings;
	/** The weight of every sample. Without it, all samples have weight 1. */
	weights?: Float32Array;
	seed: number;
	/** Number of epochs that have begun before this training. */
	epoch: number;
	/** Gets an entry when an epoch ends. */
	history: History;
	/** Computes loss and accuracy on the validation data, if there are any. */
	validate?: () => { loss: number; accuracy: number };
	/** Is called when the number of begun epochs changes. */
	onEpoch(epoch: number): void;
}

/**
 * Trains for `settings.epochs` epochs, or until early stopping. Restores the best epoch's parameters if `restoreBest` is set.
 *
 * @yields after every batch
 * @throws NonFiniteLossError if a loss or a parameter is NaN or infinite. It restores the parameters of the last finite epoch
 */
export function* trainBatches(task: TrainingTask): Generator<Step, void> {
	const { model, samples, settings, history } = task;
	const { validationSplit } = settings;
	const best = settings.earlyStopping && new BestEpoch(settings.earlyStopping, model, history);
	const count = model.holdOut(samples, validationSplit, task.seed);
	if (validationSplit > 0) checkSplit(validationSplit, count, samples.count);
	model.setOptimizer(settings);
	model.setLabelSmoothing(settings.labelSmoothing);
	samples.setSampleWeights(task.weights);
	try {
		const first = firstEpoch(task);
		for (let epoch = first; epoch < first + settings.epochs; epoch++) {
			for (const step of finiteEpoch(task, count, epoch)) {
				// The caller may end training when it gets the step. The epoch is recorded before, because it may be the best.
				const isOver = step.log && best?.isOver(step.log);
				yield step;
				if (!isOver) continue;
				history.stoppedBy = 'earlyStopping';
				return;
			}
		}
	} finally {
		samples.setSampleWeights(undefined);
		best?.restore();
	}
}

/** Throws if no sample is held out, or all are. This can happen because each class holds out a rounded number of samples. */
function checkSplit(validationSplit: number, trained: number, count: number): void {
	if (trained > 0 && trained < count) return;
	const expected = 'a fraction that leaves samples to train on and to hold out';
	const got = `${validationSplit}, which holds out ${count - trained} of ${count}`;
	throw new InvalidValueError({ field: 'validationSplit', expected, got });
}

/** The first epoch of this training. All windows of a stream belong to one epoch, which the first window begins. */
function firstEpoch({ epoch, settings }: TrainingTask): number {
	return settings.window ? epoch : epoch + 1;
}

/** The seed of the shuffle. Every window of a stream gets another one, or all would have the same order. */
function shuffleSeed({ seed, settings }: TrainingTask): number {
	return (seed + Math.imul(settings.window ?? 0, WINDOW_STRIDE)) >>> 0;
}

/** An odd number near 2³² divided by the golden ratio. Its multiples are far from the small seeds that people choose. */
const WINDOW_STRIDE = 0x9e3779b9;

/** Trains one epoch. If it does not stay finite, restores the parameters and the epoch from before it. */
function* finiteEpoch(task: TrainingTask, count: number, epoch: number): Generator<Step, void> {
	const { model, history } = task;
	const before = model.snapshot();
	task.onEpoch(epoch);
	try {
		for (const step of trainEpoch(task, count, epoch)) {
			if (step.log) history.epochs.push(step.log);
			yield step;
		}
	} catch (error) {
		if (error instanceof NonFiniteLossError) {
			model.restoreState(before);
			task.onEpoch(epoch - 1);
		}
		throw error;
	}
}

function* trainEpoch(task: TrainingTask, count: number, epoch: number): Generator<Step, void> {
	const { model, samples, settings } = task;
	const { batchSize } = settings;
	const batches = Math.ceil(count / batchSize);
	const began = performance.now();
	const total: Metrics = { loss: 0, totalWeight: 0, correct: 0 };
	model.beginEpoch(samples.count, settings.shuffle, shuffleSeed(task), epoch);
	for (let batch = 1; batch <= batches; batch++) {
		const start = (batch - 1) * batchSize;
		const end = Math.min(count, start + batchSize);
		model.useScaling(task.scaling);
		const rate = learningRate(settings, { first: firstEpoch(task), epoch, batch: batch - 1, batches });
		const measure = model.train(samples, start, end, rate);
		const stayedFinite = Number.isFinite(measure.loss) && (batch < batches || model.isFinite());
		if (!stayedFinite) throw new NonFiniteLossError(epoch, batch, task.history);
		total.loss += measure.loss;
		total.totalWeight += measure.totalWeight;
		total.correct += measure.correct;
		const step: Step = {
			epoch,
			batch,
			batches,
			samples: end - start,
			batchLoss: mean(measure),
			loss: mean(total),
			accuracy: total.correct / end,
		};
		if (batch === batches) step.log = describeEpoch(step, count, performance.now() - began, task.validate?.());
		yield step;
	}
}

/** The mean loss; 0 if all weights are 0. */
function mean({ loss, totalWeight }: Metrics): number {
	return totalWeight > 0 ? loss / totalWeight : 0;
}

/** The position of a batch in `fit`. */
interface Place {
	/** The first epoch of this `fit`. */
	first: number;
	epoch: number;
	/** Number of the batch in its epoch, from 0, out of `batches`. */
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
	return { cosine: cosineRate, linear: linearRate }[rate.kind](initial, last, done, total);
}
