/** The one object that the worker exposes. It paces training, so that calls and aborts get in between batches. */
import { type ProxyMethods } from 'comlink';
import type { DatasetLayout } from '../ts/dataset.js';
import type { EpochLog, Evaluation, History, Labels, Progress, TrainerOptions, Weights } from '../ts/options.js';
import type { FitSettings } from '../ts/settings.js';
/** What a trainer shows of itself without asking. */
export interface Description {
	inputShape?: readonly number[];
	classNames?: readonly string[];
}
/** Callbacks on the other side. */
export type RemoteCallback<T> = ((value: T) => Promise<unknown>) & Partial<ProxyMethods>;
/** Datasets are numbered by the caller, which therefore need not wait for one message before it sends the next. */
export declare class WorkerApi {
	#private;
	create(module: WebAssembly.Module, options: TrainerOptions): Promise<Description>;
	beginUpload(id: number, layout: DatasetLayout): void;
	writeUpload(id: number, inputs: Uint8Array | Float32Array, labels: Labels | undefined): void;
	finishUpload(id: number): Description;
	/** Frees a data set, or an upload that was broken off, once no `fit` runs. */
	release(id: number): Promise<void>;
	fit(
		id: number,
		validationId: number | undefined,
		settings: FitSettings,
		onEpochEnd: RemoteCallback<EpochLog> | undefined,
		onProgress: RemoteCallback<Progress> | undefined,
	): Promise<History>;
	/** Ends a running `fit` after its current batch. */
	end(how: 'stop' | 'abort'): void;
	evaluate(id: number): Evaluation;
	predict(id: number): Float32Array;
	getWeights(): Weights;
	setWeights(weights: Weights): void;
}
