/** The public options and results. Checks of them live in check.ts. */

/** Samples by rows: one typed array `[count · D]`, or one array of D numbers per sample. Uint8 stays uint8 in memory. */
export type Inputs =
	| Uint8Array
	| Uint8ClampedArray
	| Float32Array
	| readonly (Uint8Array | Uint8ClampedArray | Float32Array | readonly number[])[];

/** Class indices in any integer typed array (not BigInt) or a plain array. */
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

/** Samples and what they are. */
export interface Dataset {
	inputs: Inputs;
	labels: Labels;
	/** Shape of one sample, e.g. `[28, 28]`. */
	inputShape?: number | readonly number[];
	/** Name of every class, in the order of their indices. */
	classNames?: readonly string[];
}

/** A dataset whose labels may be left out, for `upload` and `predict`. */
export type UnlabelledDataset = Omit<Dataset, 'labels'> & { labels?: Labels };

/**
 * Arithmetic of the linear layer: float32, or, for Uint8 inputs only, `fixed16`: exact sums of int16 products, some 1.7
 * times as fast, with weights and gradients rounded to 1/32767 of their largest in every step.
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
			/** As ReadableStream has it. */
			getReader(): {
				/** The next chunk, or that there is none. */
				read(): Promise<{ done: boolean; value?: Dataset }>;
				/** Called where `fit` ends before the stream does. */
				cancel(): Promise<void>;
			};
	  };

/** What `createTrainer` and `Engine.create` take. All of it is optional. */
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
	/** As AbortSignal has it. */
	addEventListener(type: 'abort', listener: () => void): void;
	/** As AbortSignal has it. */
	removeEventListener(type: 'abort', listener: () => void): void;
}

/** What an epoch came to. Loss and accuracy are running means: every batch is measured before its own update. */
export interface EpochLog {
	/** Counts from 1 over the trainer's life. */
	epoch: number;
	/** Mean cross-entropy in nats. */
	loss: number;
	/** Fraction of samples whose largest logit is the label's. */
	accuracy: number;
	/** Mean cross-entropy in nats on the validation data, after the epoch; left out without such data. */
	validationLoss?: number;
	/** Fraction of the validation data, after the epoch; left out without such data. */
	validationAccuracy?: number;
	/** Training time of the epoch, validation not included. */
	milliseconds: number;
	/** Samples trained on, per second of that time. */
	samplesPerSecond: number;
}

/** Where training stands within an epoch. */
export interface Progress {
	epoch: number;
	/** Batches done in this epoch. */
	batch: number;
	/** Batches of this epoch. */
	batches: number;
	/** Running mean over this epoch. */
	loss: number;
	/** Running mean over this epoch. */
	accuracy: number;
	/** Loss of every batch since the last report. */
	batchLosses: number[];
}

/**
 * A learning rate that changes from batch to batch, computed in the kernel. It covers `epochs` epochs (default: those of
 * this `fit`) from `firstEpoch` on (default: the first of this `fit`), and stays where it ends.
 */
export type LearningRateSchedule =
	| {
			/** Half a cosine, or a straight line, from `initial` to `last` (default 0). */
			schedule: 'cosine' | 'linear';
			/** Rate of the first batch, from 0 on. */
			initial: number;
			/** Rate at the end, from 0 on. */
			last?: number;
			/** Length in epochs. */
			epochs?: number;
			/** Epoch that it begins with, counted from 1 over the trainer's life. */
			firstEpoch?: number;
	  }
	| {
			/** `initial`, times `factor` (default 0.1) after every `every` epochs. */
			schedule: 'step';
			/** Rate of the first batch, from 0 on. */
			initial: number;
			/** What the rate is multiplied by. */
			factor?: number;
			/** Epochs from one change to the next. */
			every: number;
			/** Epoch that it begins with, counted from 1 over the trainer's life. */
			firstEpoch?: number;
	  };

/** One rate, the rate of every epoch (called for all epochs before training begins), or a schedule. */
export type LearningRate = number | ((epoch: number) => number) | LearningRateSchedule;

/** When `fit` ends before its epochs are over. */
export interface EarlyStopping {
	/** What to watch. Default `validationLoss`. */
	monitor?: 'validationLoss' | 'validationAccuracy' | 'loss' | 'accuracy';
	/** So many epochs without improvement in a row end training; 0 is as 1. Default 3. */
	patience?: number;
	/** Less of a change is no improvement. Default 0. */
	minDelta?: number;
	/** Whether the weights of the best epoch are put back at the end, whatever ended it. Default true. */
	restoreBest?: boolean;
}

/** How much the classes weigh: one number each in their order, by name, or `balanced`: count / (C · count of the class). */
export type ClassWeight = 'balanced' | readonly number[] | Float32Array | Readonly<Record<string, number>>;

/** What `fit` takes. All of it is optional; `D` is the type of a dataset or of an uploaded one. */
export interface FitOptions<D = Dataset> {
	/** Default 10. */
	epochs?: number;
	/** Samples per step; the last batch of an epoch may be smaller. Default 256. */
	batchSize?: number;
	/** Default 0.1, which suits images; unit-norm embeddings want more, see the guide on them. */
	learningRate?: LearningRate;
	/** As torch.optim.SGD has it: v ← momentum · v + g, θ ← θ − learningRate · v. Default 0. */
	momentum?: number;
	/** Nesterov's momentum: θ ← θ − learningRate · (g + momentum · v). Default false. */
	nesterov?: boolean;
	/** g ← g + weightDecay · θ. Default 0. */
	weightDecay?: number;
	/** Whether biases decay as well, as in PyTorch; scikit-learn spares them. Default true. */
	decayBias?: boolean;
	/** ε of targets (1 − ε) Y + ε / C; in the loss reported as well. Default 0. */
	labelSmoothing?: number;
	/** `[count]`: how much every sample counts. The loss is Σ w L / Σ w, over a batch and over an epoch. */
	sampleWeight?: readonly number[] | Float32Array;
	/** Times the sample's own weight. Not with soft targets, whose samples have no one class. */
	classWeight?: ClassWeight;
	/** Whether every epoch visits the samples in a new order. Default true. */
	shuffle?: boolean;
	/** Of a stream: so many samples are shuffled among each other. Default 4096. */
	shuffleBuffer?: number;
	/** Evaluated after every epoch. */
	validationData?: D;
	/** Instead: a fraction of every class, held out by the seed and never trained on. */
	validationSplit?: number;
	earlyStopping?: EarlyStopping;
	/** Rejects `fit` with the signal's reason after the current batch. */
	signal?: AbortSignalLike;
	/** Called after every epoch; training waits for the promise it returns. */
	onEpochEnd?: (log: EpochLog) => unknown;
	/** Called about ten times a second; training does not wait for it. */
	onProgress?: (progress: Progress) => unknown;
}

/** What `fit` resolves to. */
export interface History {
	epochs: EpochLog[];
	stoppedBy: 'epochs' | 'stop' | 'earlyStopping';
	/** With `earlyStopping`: the epoch that was best. */
	bestEpoch?: number;
	/** The arithmetic used; `auto` only where training ended before it began. */
	precision: 'auto' | Precision;
}

/** What `gradient` takes: those options of `fit` that decide a gradient. */
export type GradientOptions = Pick<FitOptions, 'labelSmoothing' | 'sampleWeight' | 'classWeight'>;

/** What `applyGradients` takes: those options of `fit` that decide where a gradient leads. */
export type UpdateOptions = Pick<FitOptions, 'learningRate' | 'momentum' | 'nesterov' | 'weightDecay' | 'decayBias'>;

/** What `partialFit` takes: what `fit` takes of one step. */
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

/** What `partialFit` and `applyGradients` resolve to; loss and accuracy are those before the step. */
export interface PartialFit {
	/** Mean cross-entropy of the batch in nats. */
	loss: number;
	/** Fraction of the batch whose largest logit is the label's. */
	accuracy: number;
	/** Samples trained on since the trainer was created or reset. */
	samplesSeen: number;
}

/** What `reset` takes. */
export interface ResetOptions {
	/** A new seed; default: the old one. */
	seed?: number;
}

/** What `stats` resolves to. */
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

/** What `evaluate` resolves to. */
export interface Evaluation {
	/** Mean cross-entropy in nats. */
	loss: number;
	/** Fraction from 0 to 1. */
	accuracy: number;
	/** Samples whose largest logit is the label's. */
	correct: number;
	/** Samples evaluated. */
	count: number;
}

/** What `predict` takes besides the inputs. */
export interface PredictOptions {
	/** Adds `top`: this many most probable classes of every sample. */
	topK?: number;
}

/** A class and how probable it is. */
export interface ClassProbability {
	className: string;
	probability: number;
}

/** What `predict` resolves to. */
export interface Prediction {
	/** The most probable class of every sample; the lowest index where several are. */
	classIndices: Uint32Array;
	/** Its name; the index in digits where classes have no names. */
	classNames: string[];
	/** `[count · C]`, each row summing to 1. */
	probabilities: Float32Array;
	count: number;
	/** With `topK`: for every sample its classes, most probable first. */
	top?: ClassProbability[][];
}

/** All that a trainer needs to go on as if it had never stopped. `encodeModel` of `softmax-simd/formats` makes a file of it. */
export interface TrainerState extends Weights {
	inputShape: readonly number[];
	/** Left out where the classes have no names. */
	classNames?: readonly string[];
	seed: number;
	initStd: number;
	/** Left out where the default holds. */
	inputScale?: Float32Array;
	/** Left out where the default holds. */
	inputShift?: Float32Array;
	/** As it was asked for: `auto` goes on choosing by the data. */
	precision: 'auto' | Precision;
	/** Epochs begun so far. */
	epoch: number;
	/** Momentum's memory; left out where there is none. */
	velocity?: Weights;
}

/** The model's parameters, in the space of x' = x · inputScale + inputShift. */
export interface Weights {
	/** `[C · D]`, the layout of PyTorch's `nn.Linear.weight`. */
	weight: Float32Array;
	/** `[C]`. */
	bias: Float32Array;
}
