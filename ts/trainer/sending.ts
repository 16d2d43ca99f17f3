/** Sends a data set to the worker, slice by slice. */
import { transfer } from 'comlink';
import type { ReadableDataset } from '../dataset/dataset.js';
import type { Connection } from './connection.js';

/** So much is copied at a time: the caller's thread never stalls, and memory does not double. */
const SLICE_BYTES = 2 ** 21;

/** Data sets of fewer bytes travel in memory of their own, which takes less time than to send it back. */
const SMALL_BYTES = 2 ** 16;

/**
 * @param isEnded asked between slices; once true, the rest is not sent
 * @param next a call that needs the data set, sent right behind it without waiting for answers
 * @returns what `next` came to; nothing where it was not sent
 */
export async function sendDataset<T>(
	connection: Connection,
	id: number,
	{ layout, inputs, labels }: ReadableDataset,
	isEnded: () => boolean,
	next: () => Promise<T>,
): Promise<T | undefined> {
	const ArrayType = layout.kind === 'uint8' ? Uint8Array : Float32Array;
	const rowBytes = layout.features * ArrayType.BYTES_PER_ELEMENT;
	const rows = Math.max(1, Math.floor(SLICE_BYTES / rowBytes));
	const isSmall = layout.count * rowBytes < SMALL_BYTES;
	const { sliceMemory } = connection;
	const begun = handled(connection.call((api) => api.beginUpload(id, layout)));
	let written: Promise<ArrayBuffer | undefined> | undefined;
	for (let start = 0; start < layout.count; start += rows) {
		if (written) sliceMemory.keep((await Promise.all([written, begun]))[0]);
		if (isEnded()) return undefined;
		const end = Math.min(layout.count, start + rows);
		const values = inputs.read(start, end);
		const part = labels?.read(start, end);
		const { length } = values;
		const slice = isSmall ? new ArrayType(length) : new ArrayType(sliceMemory.take(rows * rowBytes), 0, length);
		slice.set(values);
		written = handled(connection.call((api) => api.writeUpload(id, transfer(slice, [slice.buffer]), part, !isSmall)));
	}
	const finished = handled(connection.update((api) => api.finishUpload(id)));
	const [result, memory] = await Promise.all([next(), written, finished, begun]);
	sliceMemory.keep(memory);
	return result;
}

/** An answer that is waited for later, or never where sending ends before: its error is not to end the process meanwhile. */
function handled<T>(answer: Promise<T>): Promise<T> {
	answer.catch(() => {});
	return answer;
}

/**
 * Memory that slices of data travel in, to the worker and back. One slice's is enough for all of them, whereas the garbage of
 * one each would lie there for long: to the collector, an array is as small as the object that stands for it.
 */
export class SliceMemory {
	#spare: ArrayBuffer | undefined;

	/** At least so many bytes, of unknown content. */
	take(bytes: number): ArrayBuffer {
		const spare = this.#spare;
		this.#spare = undefined;
		return spare && spare.byteLength >= bytes ? spare : new ArrayBuffer(bytes);
	}

	/** Keeps what has come back for the next one to take. */
	keep(memory: ArrayBuffer | undefined): void {
		if (memory) this.#spare = memory;
	}
}

/** The order of calls whose data take several messages, so that none overtakes another. */
export class SendingOrder {
	/** Resolves when all calls so far are on their way; nothing where they are. */
	pending: Promise<void> | undefined;

	/**
	 * Sends a call once those before it are on their way.
	 *
	 * @param send calls `sent` as soon as its own last message is
	 */
	async send<T>(send: (sent: () => void) => Promise<T>): Promise<T> {
		const before = this.pending;
		let resolve = () => {};
		const sending = new Promise<void>((resolvePromise) => {
			resolve = resolvePromise;
		});
		const sent = () => {
			resolve();
			if (this.pending === sending) this.pending = undefined;
		};
		this.pending = sending;
		if (before) await before;
		try {
			return await send(sent);
		} finally {
			sent();
		}
	}
}
