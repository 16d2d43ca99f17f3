/** Sends data sets to the worker: those that fit into one message along with a call, others slice by slice. */
import { transfer } from 'comlink';
import type { ReadableDataset } from '../dataset/dataset.js';
import type { Parcel, Slice } from '../protocol/calls.js';
import type { Connection } from './connection.js';

/** So much is copied at a time: the caller's thread never stalls, and memory does not double. */
const SLICE_BYTES = 2 ** 21;

/** Slices of fewer bytes travel in memory of their own, which takes less time than to send it back. */
const SMALL_BYTES = 2 ** 16;

/** A data set as one message; nothing where it is too large for one. */
export function parcelOf(connection: Connection, dataset: ReadableDataset): Parcel | undefined {
	const { layout } = dataset;
	if (layout.count > rowsPerSlice(dataset)) return undefined;
	const slice = copySlice(connection, dataset, 0, layout.count);
	return transfer({ layout, ...slice }, [slice.inputs.buffer as ArrayBuffer]);
}

/**
 * Sends a data set slice by slice, one at a time.
 *
 * @param isEnded asked between slices; once true, the rest is not sent
 */
export async function sendSlices(
	connection: Connection,
	id: number,
	dataset: ReadableDataset,
	isEnded: () => boolean,
): Promise<void> {
	const { layout } = dataset;
	const rows = rowsPerSlice(dataset);
	await connection.call('beginUpload', id, layout);
	for (let start = 0; start < layout.count; start += rows) {
		if (isEnded()) return;
		const slice = copySlice(connection, dataset, start, Math.min(layout.count, start + rows));
		await connection.call('writeUpload', id, transfer(slice, [slice.inputs.buffer as ArrayBuffer]));
	}
	await connection.call('finishUpload', id);
}

function bytesPerRow({ layout }: ReadableDataset): number {
	return layout.features * (layout.kind === 'uint8' ? 1 : Float32Array.BYTES_PER_ELEMENT);
}

function rowsPerSlice(dataset: ReadableDataset): number {
	return Math.max(1, Math.floor(SLICE_BYTES / bytesPerRow(dataset)));
}

/** Copies rows into memory that can be sent away. */
function copySlice(connection: Connection, dataset: ReadableDataset, start: number, end: number): Slice {
	const values = dataset.inputs.read(start, end);
	const labels = dataset.labels?.read(start, end);
	const ArrayType = dataset.layout.kind === 'uint8' ? Uint8Array : Float32Array;
	const isBorrowed = (end - start) * bytesPerRow(dataset) >= SMALL_BYTES;
	const inputs = isBorrowed
		? new ArrayType(connection.sliceMemory.take(rowsPerSlice(dataset) * bytesPerRow(dataset)), 0, values.length)
		: new ArrayType(values.length);
	inputs.set(values);
	return { inputs, labels, isBorrowed };
}
