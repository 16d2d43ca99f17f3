/** What a trainer and its worker say to each other: the calls that the worker answers, and what an answer carries. */
import type { ProxyMethods } from 'comlink';
import type { FitSettings } from '../api/fit-options.js';
import type { ModelSettings } from '../api/trainer-options.js';
import type {
	EpochLog,
	Evaluation,
	Gradient,
	History,
	Labels,
	PartialFit,
	Precision,
	Progress,
	Statistics,
	TrainerState,
	Weights,
} from '../api/types.js';
import type { DatasetLayout } from '../dataset/dataset.js';
import type { ErrorMessage } from './errors.js';

/** What a trainer shows of its model without asking. */
export interface Description {
	inputShape?: readonly number[];
	classNames?: readonly string[];
	precision: 'auto' | Precision;
	/** Epochs begun so far. */
	epoch: number;
}

/** Rows of a data set. */
export interface Slice {
	inputs: Uint8Array | Float32Array;
	labels?: Labels;
	/** Whether the memory of the inputs is wanted back. */
	isBorrowed: boolean;
}

/** A data set that fits into one message. */
export interface Parcel extends Slice {
	layout: DatasetLayout;
}

/** A data set that is in the worker, by its number, or one that comes with the call and is freed after it. */
export type DataSource = number | Parcel;

/** Callbacks on the other side. */
export type RemoteCallback<T> = ((value: T) => unknown) & Partial<ProxyMethods>;

/** How training ended. */
export interface Outcome {
	history: History;
	isAborted: boolean;
}

/**
 * The calls that a worker answers, in the order they were sent. Data sets are numbered by the trainer. What the calls take
 * was checked, but for what depends on every value of the data.
 */
export interface WorkerCalls {
	/** The first call of all. */
	create(module: WebAssembly.Module, settings: ModelSettings): Promise<void>;
	/** Keeps a data set until it is released. */
	upload(id: number, parcel: Parcel): void;
	/** As `upload`, of a data set that comes in slices. */
	beginUpload(id: number, layout: DatasetLayout): void;
	writeUpload(id: number, slice: Slice): void;
	finishUpload(id: number): void;
	/** Frees a data set, or what has arrived of it. */
	release(id: number): void;
	/** @param temporary data sets to be freed when it is over */
	fit(
		id: number,
		validationId: number | undefined,
		temporary: readonly number[],
		settings: FitSettings,
		onEpochEnd: RemoteCallback<EpochLog> | undefined,
		onProgress: RemoteCallback<Progress> | undefined,
	): Promise<Outcome>;
	/** Ends a running `fit` after its current batch. */
	end(how: 'stop' | 'abort'): void;
	/** Lets a running `fit` rest after its current batch. */
	pause(): void;
	/** Lets it go on. */
	resume(): void;
	partialFit(source: DataSource, settings: FitSettings): PartialFit;
	gradient(source: DataSource, settings: FitSettings): Gradient;
	applyGradients(gradients: readonly Gradient[], settings: FitSettings): PartialFit;
	evaluate(source: DataSource): Evaluation;
	/** Probabilities `[count · C]`. */
	predict(source: DataSource): Float32Array;
	setClasses(names: readonly string[]): void;
	reset(seed: number | undefined): void;
	stats(): Omit<Statistics, 'pendingCalls'>;
	getWeights(): Weights;
	setWeights(weights: Weights): void;
	getState(): TrainerState;
	restoreState(state: TrainerState): void;
}

/** The name of a call. */
export type CallName = keyof WorkerCalls;

/** What came of a call, and what the trainer has to know besides. */
export interface Answer<T = unknown> {
	value?: T;
	/** Instead of a value. */
	thrown?: ErrorMessage;
	/** What has changed of the model since the last answer. */
	changes: Partial<Description>;
	/** Memory that was borrowed for a slice. */
	memory?: ArrayBuffer;
}

/** What the worker exposes: one function, which makes every call and answers it. */
export type AnswerCall = (name: CallName, ...parameters: unknown[]) => Promise<Answer>;
