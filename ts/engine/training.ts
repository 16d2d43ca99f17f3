/** Training as a generator over batches: whoever drives it decides when to pause, never what is computed. */

import { InvalidValueError, NonFiniteLossError } from '../api/errors.js';
import type { FitSettings } from '../api/fit-options.js';
import { describeEpoch } from '../api/results.js';
import type { Scaling } from '../api/trainer-options.js';
import type { EpochLog, History } from '../api/types.js';
import { cosineRate, linearRate, stepRate } from '../kernel/instance.js';
import type { Metrics, Model } from '../kernel/model.js';
import type { Samples } from '../kernel/samples.js';
import { BestEpoch } from './early-stopping.js';

/** What a batch came to, and where it leaves the epoch. */
export interface Step {
	/** Counts from 1 over the trainer's life. */
	epoch: number;
	/** Batches done in this epoch, out of `batches`. */
	batch: number;
	batches: number;
	/** Samples of the batch. */
	samples: number;
	/** Mean loss of this batch, before its update. */
	batchLoss: number;
	/** Running mean over this epoch. */
	loss: number;
	/** Running mean over this epoch. */
	accuracy: number;
	/** After the last batch of an epoch: what it came to. */
	log?: EpochLog;
}

/** What training works on. */
export interface TrainingTask {
	model: Model;
	samples: Samples;
	scaling: Scaling;
	settings: FitSettings;
	/** How much every sample counts; nothing where all count 1. */
	weights?: Float32Array;
	seed: number;
	/** Epochs begun before. */
	epoch: number;
	/** Filled as epochs end. */
	history: History;
	/** Measures the validation data, where there are any. */
	validate?: () => { loss: number; accuracy: number };
	/** Told whenever the count of epochs changes. */
	onEpoch(epoch: number): void;
}

/**
 * @yields after every batch
 * @throws NonFiniteLossError once a loss or a weight is NaN or infinite; the parameters are then those of the last finite epoch
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
				// Before anyone hears of the epoch: it may be the best one, and what they do may end training.
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

/** Classes are held out by rounded counts, of which few samples may leave nothing on one side. */
function checkSplit(validationSplit: number, trained: number, count: number): void {
	if (trained > 0 && trained < count) return;
	const expected = 'a fraction that leaves samples to train on and to hold out';
	const got = `${validationSplit}, which holds out ${count - trained} of ${count}`;
	throw new InvalidValueError({ field: 'validationSplit', expected, got });
}

/** All windows of a stream belong to one epoch. */
function firstEpoch({ epoch, settings }: TrainingTask): number {
	return settings.window ? epoch : epoch + 1;
}

/** Every window of a stream is shuffled in its own way. */
function shuffleSeed({ seed, settings }: TrainingTask): number {
	return (seed + Math.imul(settings.window ?? 0, WINDOW_STRIDE)) >>> 0;
}

/** An odd number far from any seed that people choose: 2³² over the golden ratio. */
const WINDOW_STRIDE = 0x9e3779b9;

/** An epoch that leaves no trace unless it stays finite. */
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

/** Samples that all weigh nothing have no loss. */
function mean({ loss, totalWeight }: Metrics): number {
	return totalWeight > 0 ? loss / totalWeight : 0;
}

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
	return { cosine: cosineRate, linear: linearRate }[rate.kind](initial, last, done, total);
}
