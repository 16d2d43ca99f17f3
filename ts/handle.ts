import type { Dataset } from './options.js';

/** Labelled data, here or in the worker. */
export type TrainingData = Dataset | DatasetHandle;

/** Samples that stay in the trainer's worker, for as many calls as wanted. */
export class DatasetHandle {
	/** Number of samples. */
	readonly count: number;
	/** @internal */
	readonly id: number;
	readonly #free: () => Promise<void>;
	#released: Promise<void> | undefined;

	/** @internal */
	constructor(id: number, count: number, free: () => Promise<void>) {
		this.id = id;
		this.count = count;
		this.#free = free;
	}

	/** @internal */
	get isReleased(): boolean {
		return this.#released !== undefined;
	}

	/** Frees the memory in the worker, after the end of a running `fit`. Calling it again does nothing more. */
	release(): Promise<void> {
		this.#released ??= this.#free();
		return this.#released;
	}
}
