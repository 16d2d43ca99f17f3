/** The protocol between a trainer and its worker: the calls that the worker answers, and the content of an answer. */
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

/** Properties of the model that the trainer shows without a call to the worker. */
export interface Description {
	inputShape?: readonly number[];
	classNames?: readonly string[];
	precision: 'auto' | Precision;
	/** Number of epochs that have begun. */
	epoch: number;
}

/** Rows of a data set. */
export interface Slice {
	inputs: Uint8Array | Float32Array;
	labels?: Labels;
	/** Whether the worker sends the memory of the inputs back. */
	isBorrowed: boolean;
}

/** A data set that fits into one message. */
export interface Parcel extends Slice {
	layout: DatasetLayout;
}

/** The number of a data set in the worker, or a data set that is sent in the call and freed after it. */
export type DataSource = number | Parcel;

/** A callback on the caller's side. */
export type RemoteCallback<T> = ((value: T) => unknown) & Partial<ProxyMethods>;

/** How training ended. */
export interface Outcome {
	history: History;
	isAborted: boolean;
}

/**
 * The calls that a worker answers, in the order in which they are sent. The trainer chooses the numbers of the data sets, and
 * checks all arguments. Only the checks that read every value of the data are left to the worker.
 */
export interface WorkerCalls {
	/** Must be the first call. */
	create(module: WebAssembly.Module, settings: ModelSettings): Promise<void>;
	/** Keeps a data set until it is released. */
	upload(id: number, parcel: Parcel): void;
	/** Begins the upload of a data set that is sent in slices. */
	beginUpload(id: number, layout: DatasetLayout): void;
	writeUpload(id: number, slice: Slice): void;
	finishUpload(id: number): void;
	/** Frees a data set, even if only a part of it has arrived. */
	release(id: number): void;
	/** @param temporary numbers of the data sets that the worker releases when `fit` ends */
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
	/** Pauses a running `fit` after its current batch. */
	pause(): void;
	/** Continues a paused `fit`. */
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

/** The result of a call, and the changes that the trainer has to know. */
export interface Answer<T = unknown> {
	value?: T;
	/** The error of the call. There is no value then. */
	thrown?: ErrorMessage;
	/** The properties of the model that have changed since the last answer. */
	changes: Partial<Description>;
	/** The memory of a slice, which is sent back. */
	memory?: ArrayBuffer;
}

/** The one function that the worker exposes. It makes every call and answers it. */
export type AnswerCall = (name: CallName, ...parameters: unknown[]) => Promise<Answer>;
