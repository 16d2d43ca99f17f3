/** Data sets that arrive in chunks of any size, cut into windows of equal size. */
import { badData, wrongType } from '../api/check.js';
import type { Dataset, DatasetStream } from '../api/types.js';
import { type DatasetLayout, isDataset, type ReadableDataset, readDataset } from './dataset.js';

/** A window, in the form of a data set. */
export type StreamWindow = Dataset & { count: number };

/** Whether `fit` was given a stream. */
export function isStream(value: unknown): value is DatasetStream {
	return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || 'getReader' in value);
}

/** Waits for a promise of the source, which may never settle; resolves to undefined once no more data are wanted. */
export type Wait = <T>(promise: Promise<T>) => Promise<T | undefined>;

/** An async iterator or the reader of a stream, behind the same two methods. */
interface Source {
	next(): unknown;
	close(): unknown;
}

function open(stream: DatasetStream): Source {
	if (Symbol.asyncIterator in stream) {
		const iterator = stream[Symbol.asyncIterator]();
		return { next: () => iterator.next(), close: () => iterator.return?.() };
	}
	const reader = stream.getReader();
	return { next: () => reader.read(), close: () => reader.cancel() };
}

async function nextOf(source: Source): Promise<{ done?: boolean; value?: unknown }> {
	const result = await source.next();
	if (typeof result === 'object' && result !== null) return result;
	throw wrongType('stream', 'chunks as { done, value }', result);
}

/** Chunks of a stream; leaving the loop early tells the source that no more are wanted. */
async function* chunksOf(stream: DatasetStream, wait: Wait): AsyncGenerator<Dataset, void> {
	const source = open(stream);
	let isOver = false;
	try {
		while (true) {
			const next = await wait(nextOf(source));
			if (!next) return;
			isOver = Boolean(next.done);
			if (isOver) return;
			yield next.value as Dataset;
		}
	} finally {
		// `fit` reports the reason for which this ended; an error of the source in closing would hide it.
		if (!isOver) await wait((async () => source.close())()).catch(() => {});
	}
}

/**
 * Windows of `size` samples, the last one smaller.
 *
 * @param wait is called with every promise of the source
 * @throws InvalidTypeError, InvalidValueError where a chunk is no data set or of another kind than the first
 */
export async function* windowsOf(
	stream: DatasetStream,
	size: number,
	shape: readonly number[] | undefined,
	wait: Wait,
): AsyncGenerator<StreamWindow, void> {
	let first: DatasetLayout | undefined;
	let window: Window | undefined;
	let chunkNumber = 0;
	for await (const chunk of chunksOf(stream, wait)) {
		const field = `chunk ${chunkNumber++}`;
		if (!isDataset(chunk)) throw wrongType(field, 'data sets { inputs, labels }', chunk);
		const readable = readDataset(chunk, shape, true);
		const { layout } = readable;
		first ??= layout;
		if (describe(layout) !== describe(first)) throw badData(field, describe(first), describe(layout));
		for (let row = 0; row < layout.count; ) {
			window ??= new Window(size, first, shape);
			row += window.add(readable, row);
			if (window.count < size) break;
			yield window.toDataset();
			window = undefined;
		}
	}
	if (window) yield window.toDataset();
}

/** The properties that all chunks of a stream must share, in words. */
function describe({ kind, features, labels }: DatasetLayout): string {
	return `${kind} samples of ${features} features with ${labels?.kind} (${labels?.width} per sample)`;
}

/** Collects rows of consecutive chunks. */
class Window {
	count = 0;
	readonly #size: number;
	readonly #layout: DatasetLayout;
	readonly #shape: readonly number[];
	readonly #inputs: Uint8Array | Float32Array;
	readonly #labels: unknown[] = [];

	constructor(size: number, layout: DatasetLayout, shape: readonly number[] | undefined) {
		this.#size = size;
		this.#layout = layout;
		this.#shape = layout.inputShape ?? shape ?? [layout.features];
		this.#inputs = new (layout.kind === 'uint8' ? Uint8Array : Float32Array)(size * layout.features);
	}

	/** Takes rows from `row` on, as many as fit; returns how many. */
	add({ inputs, labels, layout }: ReadableDataset, row: number): number {
		const end = Math.min(layout.count, row + this.#size - this.count);
		this.#inputs.set(inputs.read(row, end), this.count * layout.features);
		for (const label of labels!.read(row, end)) this.#labels.push(label);
		this.count += end - row;
		return end - row;
	}

	/** The collected rows as a data set. */
	toDataset(): StreamWindow {
		const { features, classNames, labels } = this.#layout;
		const targets = labels?.kind === 'targets';
		return {
			count: this.count,
			inputs: this.#inputs.subarray(0, this.count * features),
			labels: targets ? Float32Array.from(this.#labels as number[]) : this.#labels,
			inputShape: this.#shape,
			classNames,
		} as StreamWindow;
	}
}
