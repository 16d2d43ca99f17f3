/** The public options. What checks them stands beside this file, in `trainer-options.ts` and `fit-options.ts`. */
import type { Dataset, EpochLog, Precision, Progress } from './types.js';

/** Options of `createTrainer` and `Engine.create`, all of them optional. */
export interface TrainerOptions {
	/** Shape of one sample; its product is D. Default: from the first dataset. */
	inputShape?: number | readonly number[];
	/** Names of the classes, or how many there are (2 to 65,535). Default: from the first dataset. */
	classes?: number | readonly string[];
	/** Decides the initial weights and every shuffle: an integer from 0 to 2³² − 1. Default 0. */
	seed?: number;
	/** Standard deviation of the initial weights; biases start at 0. Default 0.01. */
	initStd?: number;
	/** x' = x · inputScale + inputShift, one number or one per feature. Default: 1/255 for Uint8 inputs, 1 for Float32. */
	inputScale?: number | Float32Array;
	/** See `inputScale`. Default 0. */
	inputShift?: number | Float32Array;
	/** `auto` takes `fixed16` for Uint8 inputs and up to 1,000 classes, else `float32`. Default `auto`. */
	precision?: 'auto' | Precision;
	/** Bytes that the kernel's memory may take; more is a MemoryLimitError. Default: no limit but 4 GB. */
	memoryLimit?: number;
}

/** The part of AbortSignal that is used, so that these types need no DOM library. */
export interface AbortSignalLike {
	readonly aborted: boolean;
	readonly reason: unknown;
	/** As in AbortSignal. */
	addEventListener(type: 'abort', listener: () => void): void;
	/** As in AbortSignal. */
	removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A learning rate that changes from batch to batch, computed in the kernel. It covers `epochs` epochs (default: those of
 * this `fit`) from `firstEpoch` on (default: the first of this `fit`). Afterwards the last rate stays.
 */
export type LearningRateSchedule =
	| {
			/** Half a cosine, or a straight line, from `initial` to `last` (default 0). */
			schedule: 'cosine' | 'linear';
			/** Rate of the first batch, 0 or more. */
			initial: number;
			/** Rate that the schedule ends with, 0 or more. */
			last?: number;
			/** Length of the schedule in epochs. */
			epochs?: number;
			/** First epoch of the schedule, counted from 1 over the trainer's life. */
			firstEpoch?: number;
	  }
	| {
			/** `initial`, times `factor` (default 0.1) after every `every` epochs. */
			schedule: 'step';
			/** Rate of the first batch, 0 or more. */
			initial: number;
			/** Factor of the rate at each change, 0 or more. Default 0.1. */
			factor?: number;
			/** Epochs between two changes. */
			every: number;
			/** First epoch of the schedule, counted from 1 over the trainer's life. */
			firstEpoch?: number;
	  };

/** One rate, the rate of every epoch (called for all epochs before training begins), or a schedule. */
export type LearningRate = number | ((epoch: number) => number) | LearningRateSchedule;

/** Ends `fit` before its epochs are over, once a number no longer improves. */
export interface EarlyStopping {
	/** The number of each epoch's log to watch. Default `validationLoss`. */
	monitor?: 'validationLoss' | 'validationAccuracy' | 'loss' | 'accuracy';
	/** Training ends after this many epochs in a row without improvement; 0 counts as 1. Default 3. */
	patience?: number;
	/** Only a change by more than this is an improvement: nats of a loss, a fraction of an accuracy. Default 0. */
	minDelta?: number;
	/** Whether `fit` puts back the weights of the best epoch when it ends, for whatever reason. Default true. */
	restoreBest?: boolean;
}

/**
 * The weight of each class in the loss: `[C]` in the order of the classes, or by name (a class that is not named has 1), or
 * `balanced`: count / (C · count of the class), as in scikit-learn.
 */
export type ClassWeight = 'balanced' | readonly number[] | Float32Array | Readonly<Record<string, number>>;

/** Options of `fit`, all of them optional. `D` is the type of a dataset or of an uploaded one. */
export interface FitOptions<D = Dataset> {
	/** Passes over the data. Default 10. */
	epochs?: number;
	/** Samples per step; the last batch of an epoch may be smaller. Default 256. */
	batchSize?: number;
	/** Default 0.1, which suits images; unit-norm embeddings want more, see the guide on them. */
	learningRate?: LearningRate;
	/** As in torch.optim.SGD: v ← momentum · v + g, θ ← θ − learningRate · v. Default 0. */
	momentum?: number;
	/** Nesterov's momentum: θ ← θ − learningRate · (g + momentum · v). Default false. */
	nesterov?: boolean;
	/** g ← g + weightDecay · θ. Default 0. */
	weightDecay?: number;
	/** Whether weight decay applies to biases too, as in PyTorch; in scikit-learn it does not. Default true. */
	decayBias?: boolean;
	/** ε of the targets (1 − ε) Y + ε / C, from 0 to below 1. The reported loss uses these targets as well. Default 0. */
	labelSmoothing?: number;
	/** `[count]` weights w of the samples, 0 or more. The loss is Σ w L / Σ w, over a batch and over an epoch. */
	sampleWeight?: readonly number[] | Float32Array;
	/** Multiplies the weight of each sample by that of its class. Refused with soft targets, which have no single class. */
	classWeight?: ClassWeight;
	/** Whether every epoch visits the samples in a new order. Default true. */
	shuffle?: boolean;
	/** For a stream: how many samples are collected and shuffled among each other. Default 4096. */
	shuffleBuffer?: number;
	/** Data that are evaluated after every epoch. */
	validationData?: D;
	/** Fraction of every class, from 0 to below 1, that the seed holds out for validation; not together with `validationData`. */
	validationSplit?: number;
	/** Default: `fit` runs all its epochs. */
	earlyStopping?: EarlyStopping;
	/** Rejects `fit` with the signal's reason after the current batch. */
	signal?: AbortSignalLike;
	/** Called after every epoch; training waits for the promise it returns. */
	onEpochEnd?: (log: EpochLog) => unknown;
	/** Called about ten times a second; training does not wait for it. */
	onProgress?: (progress: Progress) => unknown;
}

/** Options of `gradient`: those of `fit` that a gradient depends on. */
export type GradientOptions = Pick<FitOptions, 'labelSmoothing' | 'sampleWeight' | 'classWeight'>;

/** Options of `applyGradients`: those of `fit` that decide the step along a gradient. */
export type UpdateOptions = Pick<FitOptions, 'learningRate' | 'momentum' | 'nesterov' | 'weightDecay' | 'decayBias'>;

/** Options of `partialFit`: those of `fit` that apply to a single step. */
export type PartialFitOptions = UpdateOptions & GradientOptions;

/** Options of `reset`. */
export interface ResetOptions {
	/** A new seed: an integer from 0 to 2³² − 1. Default: the old one. */
	seed?: number;
}

/** Options of `predict`. */
export interface PredictOptions {
	/** Adds `top` with this many classes of every sample, from 1 to C. */
	topK?: number;
}
