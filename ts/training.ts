/** Training as a generator over batches: whoever drives it decides when to pause, never what is computed. */
import { NonFiniteLossError } from './errors.js';
import type { Measure, Model, Samples, Scaling } from './kernel.js';
import type { EpochLog, Evaluation, History } from './options.js';
import type { FitSettings } from './settings.js';

/** What a batch came to, and where it leaves the epoch. */
export interface Step {
	/** Counts from 1 over the trainer's life. */
	epoch: number;
	/** Batches done in this epoch, out of `batches`. */
	batch: number;
	batches: number;
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
	seed: number;
	/** Epochs finished or begun before. */
	epoch: number;
	/** Filled as epochs end. */
	history: History;
	evaluate?: () => Evaluation;
	/** Told whenever the count of epochs changes. */
	onEpoch(epoch: number): void;
}

/**
 * @yields after every batch
 * @throws NonFiniteLossError once a loss or a weight is NaN or infinite; the parameters are then those of the last finite epoch
 */
export function* trainBatches(task: TrainingTask): Generator<Step, void> {
	const { model, settings, history } = task;
	const last = task.epoch + settings.epochs;
	for (let epoch = task.epoch + 1; epoch <= last; epoch++) {
		const kept = keepParameters(model);
		task.onEpoch(epoch);
		try {
			for (const step of trainEpoch(task, epoch)) {
				if (step.log) history.epochs.push(step.log);
				yield step;
			}
		} catch (error) {
			if (error instanceof NonFiniteLossError) {
				restoreParameters(model, kept);
				task.onEpoch(epoch - 1);
			}
			throw error;
		}
	}
}

function* trainEpoch(task: TrainingTask, epoch: number): Generator<Step, void> {
	const { model, samples, settings } = task;
	const { batchSize, learningRate } = settings;
	const batches = Math.ceil(samples.count / batchSize);
	const began = performance.now();
	let total: Measure = { loss: 0, correct: 0 };
	model.beginEpoch(samples.count, settings.shuffle, task.seed, epoch);
	for (let batch = 1; batch <= batches; batch++) {
		const start = (batch - 1) * batchSize;
		const end = Math.min(samples.count, start + batchSize);
		model.useScaling(task.scaling);
		const measure = model.train(samples, start, end, learningRate);
		const finite = Number.isFinite(measure.loss) && (batch < batches || hasFiniteParameters(model));
		if (!finite) throw new NonFiniteLossError(epoch, batch, task.history);
		total = { loss: total.loss + measure.loss, correct: total.correct + measure.correct };
		const step: Step = {
			epoch,
			batch,
			batches,
			batchLoss: measure.loss / (end - start),
			loss: total.loss / end,
			accuracy: total.correct / end,
		};
		if (batch === batches) step.log = endEpoch(task, step, performance.now() - began);
		yield step;
	}
}

function endEpoch(task: TrainingTask, { epoch, loss, accuracy }: Step, milliseconds: number): EpochLog {
	const samplesPerSecond = (task.samples.count / milliseconds) * 1000;
	const log: EpochLog = { epoch, loss, accuracy, milliseconds, samplesPerSecond };
	if (task.evaluate) {
		const validation = task.evaluate();
		log.validationLoss = validation.loss;
		log.validationAccuracy = validation.accuracy;
	}
	return log;
}

interface Parameters {
	weight: Float32Array;
	bias: Float32Array;
}

function keepParameters(model: Model): Parameters {
	const { weight, bias } = model.parameters;
	return { weight: weight.slice(), bias: bias.slice() };
}

function restoreParameters(model: Model, kept: Parameters): void {
	const { weight, bias } = model.parameters;
	weight.set(kept.weight);
	bias.set(kept.bias);
}

function hasFiniteParameters(model: Model): boolean {
	const { weight, bias } = model.parameters;
	return weight.every(Number.isFinite) && bias.every(Number.isFinite);
}
