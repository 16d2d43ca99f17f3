/** Sends a data set to the worker, slice by slice. */
import { transfer } from 'comlink';
import type { Description } from '../worker/api.js';
import type { Connection } from './connection.js';
import type { ReadableDataset } from './dataset.js';

/** So much is copied at a time: the caller's thread never stalls, and memory does not double. */
const SLICE_BYTES = 4 * 2 ** 20;

/**
 * @param isEnded asked between slices; once true, the rest is not sent
 * @param next a call that needs the data set, sent right behind it without waiting for answers
 */
export async function sendDataset<T>(
	connection: Connection,
	id: number,
	{ layout, inputs, labels }: ReadableDataset,
	isEnded: () => boolean,
	next: () => Promise<T>,
): Promise<{ description?: Description; result?: T }> {
	const valueBytes = layout.kind === 'uint8' ? 1 : 4;
	const rows = Math.max(1, Math.floor(SLICE_BYTES / (layout.features * valueBytes)));
	const sent: Promise<unknown>[] = [connection.call((api) => api.beginUpload(id, layout))];
	for (let start = 0; start < layout.count; start += rows) {
		if (start > 0) await Promise.all(sent.splice(0));
		if (isEnded()) return {};
		const end = Math.min(layout.count, start + rows);
		const slice = inputs.read(start, end).slice();
		const part = labels?.read(start, end);
		sent.push(connection.call((api) => api.writeUpload(id, transfer(slice, [slice.buffer]), part)));
	}
	const finished = connection.call((api) => api.finishUpload(id));
	const [description, result] = await Promise.all([finished, next(), ...sent]);
	return { description, result };
}
