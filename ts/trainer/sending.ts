/** Sends data sets to the worker. A small data set is sent in the message of its call, a large one in slices. */
import { transfer } from 'comlink';
import type { ReadableDataset } from '../dataset/dataset.js';
import type { Parcel, Slice } from '../protocol/calls.js';
import type { Connection } from './connection.js';

/** Size of a slice. Small slices do not block the caller's thread for long, and need little memory for the copy. */
const SLICE_BYTES = 2 ** 21;

/** Smaller slices get new memory. This is faster than sending the memory back. */
const SMALL_BYTES = 2 ** 16;

/** Copies a data set into one message. Returns undefined if it is too large. */
export function parcelOf(connection: Connection, dataset: ReadableDataset): Parcel | undefined {
	const { layout } = dataset;
	if (layout.count > rowsPerSlice(dataset)) return undefined;
	const slice = copySlice(connection, dataset, 0, layout.count);
	return transfer({ layout, ...slice }, [slice.inputs.buffer as ArrayBuffer]);
}

/**
 * Sends a data set slice by slice, one at a time.
 *
 * @param isEnded is called between slices. When it returns true, the other slices are not sent
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

/** Copies rows into memory that can be transferred to the worker. */
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
