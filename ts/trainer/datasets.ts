/** Data sets in a trainer's worker: uploaded for many calls, or sent along with one. */
import { InvalidValueError } from '../api/errors.js';
import type { Dataset, UnlabelledDataset } from '../api/types.js';
import { type ReadableDataset, readDataset } from '../dataset/dataset.js';
import type { DataSource } from '../protocol/calls.js';
import type { Connection } from './connection.js';
import { parcelOf, sendSlices } from './sending.js';

/** Labelled data, here or in the worker. */
export type TrainingData = Dataset | DatasetHandle;

/** Samples that stay in the trainer's worker, for as many calls as wanted. */
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

	/** Frees the memory in the worker, after the end of a running `fit`. Calling it again does nothing more. */
	release(): Promise<void> {
		this.#released ??= this.#free();
		return this.#released;
	}
}

/** What a call was given: the number of a data set that is in the worker, or one that is here. */
export type Given = { id: number } | { dataset: UnlabelledDataset };

export class WorkerDatasets {
	readonly #connection: Connection;
	readonly #release: (id: number) => Promise<void>;
	/** Numbers of those that handles were made for. */
	readonly #ids = new WeakMap<DatasetHandle, number>();
	#nextId = 0;

	/** @param release frees a data set whose handle is released */
	constructor(connection: Connection, release: (id: number) => Promise<void>) {
		this.#connection = connection;
		this.#release = release;
	}

	/** What a call is given, looked up when it is made: a handle may be released before its turn comes. */
	given(dataset: UnlabelledDataset | DatasetHandle): Given {
		if (!(dataset instanceof DatasetHandle)) return { dataset };
		const id = this.#ids.get(dataset);
		if (id !== undefined && !dataset.isReleased) return { id };
		const got = dataset.isReleased ? 'a released one' : "another trainer's";
		throw new InvalidValueError({ field: 'dataset', expected: 'a data set of this trainer', got });
	}

	/** Sends a data set that stays until its handle is released. */
	async upload(dataset: UnlabelledDataset): Promise<DatasetHandle> {
		const readable = this.#read(dataset, false);
		const id = this.#nextId++;
		await this.#send(id, readable);
		const handle = new DatasetHandle(readable.layout.count, () => this.#release(id));
		this.#ids.set(handle, id);
		return handle;
	}

	/** Makes a call on a data set that is in the worker, or is sent there just for it. */
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
	 * The number of a labelled data set that is in the worker, or is sent there.
	 *
	 * @param temporary gets the number of one that was sent: the caller has it freed
	 * @param isEnded asked between slices; once true, the rest is not sent
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

	/** Sends a data set that stays until it is released; what has arrived of one that is refused is freed. */
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
