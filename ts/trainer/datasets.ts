import { InvalidValueError } from '../api/errors.js';
import type { Dataset, UnlabelledDataset } from '../api/types.js';
import { type ReadableDataset, readDataset } from '../dataset/dataset.js';
import type { Connection } from './connection.js';
import { SendingOrder, sendDataset } from './sending.js';

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

/** Data sets in a trainer's worker: uploaded for many calls, or sent along with one. */

export class WorkerDatasets {
	readonly #connection: Connection;
	readonly #untilIdle: () => Promise<unknown> | undefined;
	readonly #handles = new WeakSet<DatasetHandle>();
	readonly #first = new SendingOrder();
	#nextId = 0;

	/** @param untilIdle waits for the end of a running `fit` */
	constructor(connection: Connection, untilIdle: () => Promise<unknown> | undefined) {
		this.#connection = connection;
		this.#untilIdle = untilIdle;
	}

	/** Sends a data set that stays until it is released. */
	async upload(dataset: UnlabelledDataset): Promise<DatasetHandle> {
		return this.#inOrder(async () => {
			const readable = this.#read(dataset, false);
			const handle = this.#createHandle(readable.layout.count);
			try {
				await this.#send(handle.id, readable);
			} catch (error) {
				handle.release().catch(() => {});
				throw error;
			}
			return handle;
		});
	}

	/** Runs a call on a data set that is in the worker, or is sent there just for it. */
	async use<T>(
		dataset: UnlabelledDataset | DatasetHandle,
		labelled: boolean,
		call: (id: number) => Promise<T>,
	): Promise<T> {
		if (dataset instanceof DatasetHandle) return call(this.#check(dataset).id);
		return this.#inOrder(async () => {
			const readable = this.#read(dataset, labelled);
			const handle = this.#createHandle(readable.layout.count);
			try {
				return (await this.#send(handle.id, readable, undefined, () => call(handle.id))) as T;
			} finally {
				handle.release().catch(() => {});
			}
		});
	}

	/**
	 * A data set that is in the worker, or is sent there and added to `borrowed`, which the caller releases.
	 *
	 * @param isEnded asked between slices; once true, the rest is not sent
	 */
	async borrow(dataset: TrainingData, borrowed: DatasetHandle[], isEnded: () => boolean): Promise<DatasetHandle> {
		if (dataset instanceof DatasetHandle) return this.#check(dataset);
		return this.#inOrder(async () => {
			const readable = this.#read(dataset, true);
			const handle = this.#createHandle(readable.layout.count);
			borrowed.push(handle);
			await this.#send(handle.id, readable, isEnded);
			return handle;
		});
	}

	/** While shape and classes are open, a data set is read and sent once those before it have arrived: they may settle them. */
	#inOrder<T>(send: () => Promise<T>): Promise<T> {
		const { inputShape, classNames } = this.#connection.description;
		return inputShape && classNames ? send() : this.#first.send(send);
	}

	#read(dataset: UnlabelledDataset, labelled: boolean): ReadableDataset {
		return readDataset(dataset, this.#connection.description.inputShape, labelled);
	}

	#send<T>(
		id: number,
		readable: ReadableDataset,
		isEnded = () => false,
		next: () => Promise<T | undefined> = async () => undefined,
	): Promise<T | undefined> {
		return sendDataset(this.#connection, id, readable, isEnded, next);
	}

	#createHandle(count: number): DatasetHandle {
		const id = this.#nextId++;
		const handle = new DatasetHandle(id, count, async () => {
			await this.#untilIdle();
			await this.#connection.call((api) => api.release(id));
		});
		this.#handles.add(handle);
		return handle;
	}

	#check(handle: DatasetHandle): DatasetHandle {
		if (this.#handles.has(handle) && !handle.isReleased) return handle;
		const got = handle.isReleased ? 'a released one' : "another trainer's";
		throw new InvalidValueError({ field: 'dataset', expected: 'a data set of this trainer', got });
	}
}
