/** The public options and results. Checks of them live in check.ts. */

/** Samples by rows: one typed array `[count · D]`, or one array of D numbers per sample. Uint8 stays uint8 in memory. */
export type Inputs =
	| Uint8Array
	| Uint8ClampedArray
	| Float32Array
	| readonly (Uint8Array | Uint8ClampedArray | Float32Array | readonly number[])[];

/** `[count]` class indices from 0 to C − 1, in any integer typed array (not BigInt) or a plain array. */
export type ClassIndices =
	| Uint8Array
	| Uint8ClampedArray
	| Uint16Array
	| Uint32Array
	| Int8Array
	| Int16Array
	| Int32Array
	| readonly number[];

/** Class indices, class names, or a Float32Array `[count · C]` of targets (one-hot or soft, each row summing to 1). */
export type Labels = ClassIndices | readonly string[] | Float32Array;

/** Samples and their labels. */
export interface Dataset {
	inputs: Inputs;
	labels: Labels;
	/** Shape of one sample, e.g. `[28, 28]`; its product is D. */
	inputShape?: number | readonly number[];
	/** `[C]`: name of every class, in the order of their indices. */
	classNames?: readonly string[];
}

/** A dataset whose labels may be left out, for `upload` and `predict`. */
export type UnlabelledDataset = Omit<Dataset, 'labels'> & { labels?: Labels };

/**
 * Arithmetic of the linear layer: float32, or, for Uint8 inputs only, `fixed16`: exact sums of int16 products, some 1.7
 * times as fast, with weights and gradients rounded in every step to multiples of 1/32767 of the largest of their class or block.
 */
export type Precision = 'float32' | 'fixed16';

/**
 * Data sets that arrive in chunks, too many to hold at once: anything asynchronously iterable, or a ReadableStream of them.
 * Where `fit` ends before the stream does, it closes the stream. After `stop`, an abort or `dispose` it waits for neither the
 * next chunk nor the close.
 */
export type DatasetStream =
	| AsyncIterable<Dataset>
	| {
			/** As in ReadableStream. */
			getReader(): {
				/** The next chunk, or that there is none. */
				read(): Promise<{ done: boolean; value?: Dataset }>;
				/** Called where `fit` ends before the stream does. */
				cancel(): Promise<void>;
			};
	  };

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

/** Results of one epoch. Loss and accuracy are running means: every batch is measured before its own update. */
export interface EpochLog {
	/** Counts from 1 over the trainer's life. */
	epoch: number;
	/** Mean cross-entropy in nats. */
	loss: number;
	/** Fraction of samples whose largest logit is the label's, from 0 to 1. */
	accuracy: number;
	/** Mean cross-entropy in nats on the validation data, after the epoch; left out without such data. */
	validationLoss?: number;
	/** Accuracy on the validation data, from 0 to 1, after the epoch; left out without such data. */
	validationAccuracy?: number;
	/** Training time of the epoch, validation not included. */
	milliseconds: number;
	/** Samples trained on, divided by that time in seconds. */
	samplesPerSecond: number;
}

/** The state of training within an epoch. */
export interface Progress {
	/** Counts from 1 over the trainer's life. */
	epoch: number;
	/** Batches done in this epoch. */
	batch: number;
	/** Batches of this epoch. */
	batches: number;
	/** Mean cross-entropy in nats over the batches of this epoch so far. */
	loss: number;
	/** Accuracy over the batches of this epoch so far, from 0 to 1. */
	accuracy: number;
	/** Mean cross-entropy in nats of every batch since the last report. */
	batchLosses: number[];
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

/** Result of `fit`. */
export interface History {
	/** One entry for each epoch that was finished. */
	epochs: EpochLog[];
	/** Why training ended: its epochs were over, `stop` was called, or early stopping ended it. */
	stoppedBy: 'epochs' | 'stop' | 'earlyStopping';
	/** With `earlyStopping`: the number of the best epoch. */
	bestEpoch?: number;
	/** The arithmetic used; `auto` only where training ended before it began. */
	precision: 'auto' | Precision;
}

/** Options of `gradient`: those of `fit` that a gradient depends on. */
export type GradientOptions = Pick<FitOptions, 'labelSmoothing' | 'sampleWeight' | 'classWeight'>;

/** Options of `applyGradients`: those of `fit` that decide the step along a gradient. */
export type UpdateOptions = Pick<FitOptions, 'learningRate' | 'momentum' | 'nesterov' | 'weightDecay' | 'decayBias'>;

/** Options of `partialFit`: those of `fit` that apply to a single step. */
export type PartialFitOptions = UpdateOptions & GradientOptions;

/**
 * The gradient of Σ w L over a batch: sums, so that the gradients of parts of a batch add up to that of the batch. `weight` is
 * `[C · D]` and `bias` `[C]`, in the space of x' = x · inputScale + inputShift, in nats per unit of a parameter.
 */
export interface Gradient extends Weights {
	/** Σ w L: the losses in nats, each times its sample's weight. */
	loss: number;
	/** Σ w: the samples' weights, 1 where none were given. Divide by it for the mean. */
	totalWeight: number;
	/** Samples whose largest logit is the label's. */
	correct: number;
	/** Samples of the batch. */
	count: number;
}

/** Result of `partialFit` and `applyGradients`. Loss and accuracy are measured before the step. */
export interface PartialFit {
	/** Mean cross-entropy of the batch in nats. */
	loss: number;
	/** Fraction of the batch whose largest logit is the label's, from 0 to 1. */
	accuracy: number;
	/** Samples trained on since the trainer was created or reset. */
	samplesSeen: number;
}

/** Options of `reset`. */
export interface ResetOptions {
	/** A new seed: an integer from 0 to 2³² − 1. Default: the old one. */
	seed?: number;
}

/** Result of `stats`. */
export interface Statistics {
	/** Steps taken since the trainer was created or reset. */
	steps: number;
	/** Samples trained on since then. */
	samplesSeen: number;
	/** Calls that have not been answered yet. */
	pendingCalls: number;
	/** Bytes of the kernel's memory. */
	memoryBytes: number;
}

/** Result of `evaluate`. */
export interface Evaluation {
	/** Mean cross-entropy in nats. */
	loss: number;
	/** Fraction of samples whose largest logit is the label's, from 0 to 1. */
	accuracy: number;
	/** Samples whose largest logit is the label's. */
	correct: number;
	/** Samples evaluated. */
	count: number;
}

/** Options of `predict`. */
export interface PredictOptions {
	/** Adds `top` with this many classes of every sample, from 1 to C. */
	topK?: number;
}

/** A class and its probability. */
export interface ClassProbability {
	className: string;
	/** From 0 to 1. */
	probability: number;
}

/** Result of `predict`. */
export interface Prediction {
	/** `[count]`: the most probable class of every sample, the lowest index where several are equally probable. */
	classIndices: Uint32Array;
	/** `[count]`: the names of these classes; the indices in digits where classes have no names. */
	classNames: string[];
	/** `[count · C]`, each row summing to 1. */
	probabilities: Float32Array;
	/** Number of samples. */
	count: number;
	/** `[count][topK]` with `topK`: classes of every sample, the most probable first. */
	top?: ClassProbability[][];
}

/** All that a trainer needs to go on as if it had never stopped. `encodeModel` of `softmax-simd/formats` makes a file of it. */
export interface TrainerState extends Weights {
	/** Shape of one sample; its product is D. */
	inputShape: readonly number[];
	/** `[C]`; left out where the classes have no names. */
	classNames?: readonly string[];
	/** Decided the initial weights, and decides every shuffle. */
	seed: number;
	/** Standard deviation of the initial weights. */
	initStd: number;
	/** `[D]` or `[1]`; left out where the default applies. */
	inputScale?: Float32Array;
	/** `[D]` or `[1]`; left out where the default applies. */
	inputShift?: Float32Array;
	/** As given to `createTrainer`: `auto` chooses again by the data. */
	precision: 'auto' | Precision;
	/** Epochs begun so far. */
	epoch: number;
	/** The momentum buffer, in the layout of the weights; left out without momentum. */
	velocity?: Weights;
}

/** The model's parameters, in the space of x' = x · inputScale + inputShift. */
export interface Weights {
	/** `[C · D]`, the layout of PyTorch's `nn.Linear.weight`. */
	weight: Float32Array;
	/** `[C]`. */
	bias: Float32Array;
}
