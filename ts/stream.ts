/** Data sets that arrive in chunks, cut into windows of equal size whatever the chunks are. */

import { badData, wrongType } from './check.js';
import { isDataset, type ReadableDataset, readDataset } from './dataset.js';
import type { Dataset, DatasetStream } from './options.js';

/** A window as a data set of its own. */
export type StreamWindow = Dataset & { count: number };

/** Whether `fit` was given a stream. */
export function isStream(value: unknown): value is DatasetStream {
	return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || 'getReader' in value);
}

/** Chunks of a stream; leaving the loop early tells the source that no more are wanted. */
async function* chunksOf(stream: DatasetStream): AsyncGenerator<Dataset, void> {
	if (Symbol.asyncIterator in stream) {
		yield* stream;
		return;
	}
	const reader = stream.getReader();
	try {
		for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value as Dataset;
	} finally {
		await reader.cancel();
	}
}

/**
 * Windows of `size` samples, the last one smaller.
 *
 * @throws InvalidTypeError, InvalidValueError where a chunk is no data set or of another kind than the first
 */
export async function* windowsOf(
	stream: DatasetStream,
	size: number,
	shape: readonly number[] | undefined,
): AsyncGenerator<StreamWindow, void> {
	let window: Window | undefined;
	let chunkNumber = 0;
	for await (const chunk of chunksOf(stream)) {
		if (!isDataset(chunk as never)) {
			const expected = 'data sets { inputs, labels }';
			throw wrongType(`chunk ${chunkNumber}`, expected, chunk);
		}
		const readable = readDataset(chunk, shape, true);
		window ??= new Window(size, readable, shape);
		window.check(readable, chunkNumber++);
		for (let row = 0; row < readable.layout.count; ) {
			row += window.add(readable, row);
			if (window.isFull) yield window.take();
		}
	}
	if (window && !window.isEmpty) yield window.take();
}

class Window {
	readonly #size: number;
	readonly #like: ReadableDataset['layout'];
	readonly #inputShape: readonly number[];
	#inputs: Uint8Array | Float32Array;
	#labels: unknown[] = [];
	#rows = 0;

	constructor(size: number, { layout }: ReadableDataset, shape: readonly number[] | undefined) {
		this.#size = size;
		this.#like = layout;
		this.#inputShape = layout.inputShape ?? shape ?? [layout.features];
		this.#inputs = this.#createInputs();
	}

	get isFull(): boolean {
		return this.#rows === this.#size;
	}

	get isEmpty(): boolean {
		return this.#rows === 0;
	}

	/** Refuses a chunk that is not like the first. */
	check({ layout }: ReadableDataset, chunkNumber: number): void {
		const { kind, features, labels } = this.#like;
		const describe = (of: ReadableDataset['layout']) => {
			return `${of.kind} samples of ${of.features} features with ${of.labels?.kind} (${of.labels?.width} per sample)`;
		};
		const isLike = layout.kind === kind && layout.features === features;
		if (isLike && layout.labels?.kind === labels?.kind && layout.labels?.width === labels?.width) return;
		throw badData(`chunk ${chunkNumber}`, describe(this.#like), describe(layout));
	}

	/** Takes rows from `row` on, as many as fit; returns how many. */
	add({ inputs, labels, layout }: ReadableDataset, row: number): number {
		const count = Math.min(layout.count - row, this.#size - this.#rows);
		this.#inputs.set(inputs.read(row, row + count), this.#rows * layout.features);
		for (const label of labels!.read(row, row + count)) this.#labels.push(label);
		this.#rows += count;
		return count;
	}

	/** What was taken in, as a data set of its own. */
	take(): StreamWindow {
		const { features, classNames, labels } = this.#like;
		const inputs = this.#inputs.subarray(0, this.#rows * features);
		const targets = labels?.kind === 'targets';
		const count = this.#rows;
		const dataset = { count, inputs, labels: targets ? Float32Array.from(this.#labels as number[]) : this.#labels };
		this.#inputs = this.#createInputs();
		this.#labels = [];
		this.#rows = 0;
		return { ...dataset, inputShape: this.#inputShape, classNames } as StreamWindow;
	}

	#createInputs(): Uint8Array | Float32Array {
		const length = this.#size * this.#like.features;
		return this.#like.kind === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
	}
}
