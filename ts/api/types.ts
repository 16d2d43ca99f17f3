/** The public types of data and results. */

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
