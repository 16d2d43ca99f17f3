/** Data sets in a trainer's worker. They are uploaded for many calls, or sent for a single call. */
import { InvalidValueError } from '../api/errors.js';
import type { Dataset, UnlabelledDataset } from '../api/types.js';
import { type ReadableDataset, readDataset } from '../dataset/dataset.js';
import type { DataSource } from '../protocol/calls.js';
import type { Connection } from './connection.js';
import { parcelOf, sendSlices } from './sending.js';

/** Labelled data of the caller, or an uploaded data set. */
export type TrainingData = Dataset | DatasetHandle;

/** Samples in the trainer's worker. Any number of calls can use them. */
export class DatasetHandle {
	/** Number of samples. */
	readonly count: number;
	readonly #free: () => Promise<void>;
	#released: Promise<void> | undefined;

	/** @internal */
	constructor(count: number, free: () => Promise<void>) {
		this.count = count;
		this.#free = free;
	}

	/** @internal */
	get isReleased(): boolean {
		return this.#released !== undefined;
	}

	/** Frees the memory in the worker. If `fit` runs, it waits for its end. Calling it again does nothing. */
	release(): Promise<void> {
		this.#released ??= this.#free();
		return this.#released;
	}
}

/** The data of a call: the number of a data set in the worker, or the caller's data set. */
export type Given = { id: number } | { dataset: UnlabelledDataset };

export class WorkerDatasets {
	readonly #connection: Connection;
	readonly #release: (id: number) => Promise<void>;
	/** The numbers of the data sets that the handles stand for. */
	readonly #ids = new WeakMap<DatasetHandle, number>();
	#nextId = 0;

	/** @param release frees a data set when its handle is released */
	constructor(connection: Connection, release: (id: number) => Promise<void>) {
		this.#connection = connection;
		this.#release = release;
	}

	/** Looks up a handle. This is done when the call is made, because the handle may be released before the call's turn comes. */
	given(dataset: UnlabelledDataset | DatasetHandle): Given {
		if (!(dataset instanceof DatasetHandle)) return { dataset };
		const id = this.#ids.get(dataset);
		if (id !== undefined && !dataset.isReleased) return { id };
		const got = dataset.isReleased ? 'a released one' : "another trainer's";
		throw new InvalidValueError({ field: 'dataset', expected: 'a data set of this trainer', got });
	}

	/** Sends a data set, which stays until its handle is released. */
	async upload(dataset: UnlabelledDataset): Promise<DatasetHandle> {
		const readable = this.#read(dataset, false);
		const id = this.#nextId++;
		await this.#send(id, readable);
		const handle = new DatasetHandle(readable.layout.count, () => this.#release(id));
		this.#ids.set(handle, id);
		return handle;
	}

	/** Makes a call with a data set. If it is not in the worker, it is sent for this call, and freed after it. */
	async use<T>(given: Given, labelled: boolean, call: (source: DataSource) => Promise<T>): Promise<T> {
		if ('id' in given) return call(given.id);
		const readable = this.#read(given.dataset, labelled);
		const parcel = parcelOf(this.#connection, readable);
		if (parcel) return call(parcel);
		const id = this.#nextId++;
		await this.#send(id, readable);
		try {
			return await call(id);
		} finally {
			this.#connection.tell('release', id);
		}
	}

	/**
	 * The number of a labelled data set in the worker. If it is not there, it is sent.
	 *
	 * @param temporary gets the number of a data set that was sent. The caller must release it
	 * @param isEnded is called between slices. When it returns true, the other slices are not sent
	 */
	async lend(given: Given, temporary: number[], isEnded: () => boolean): Promise<number> {
		if ('id' in given) return given.id;
		const id = this.#nextId++;
		await this.#send(id, this.#read(given.dataset, true), isEnded);
		temporary.push(id);
		return id;
	}

	#read(dataset: UnlabelledDataset, labelled: boolean): ReadableDataset {
		return readDataset(dataset, this.#connection.description.inputShape, labelled);
	}

	/** Sends a data set, which stays until it is released. After an error, releases the part that has arrived. */
	async #send(id: number, readable: ReadableDataset, isEnded = () => false): Promise<void> {
		const parcel = parcelOf(this.#connection, readable);
		try {
			if (parcel) await this.#connection.call('upload', id, parcel);
			else await sendSlices(this.#connection, id, readable, isEnded);
		} catch (error) {
			this.#connection.tell('release', id);
			throw error;
		}
	}
}
