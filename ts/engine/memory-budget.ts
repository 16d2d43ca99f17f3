/** Keeps the kernel's memory within `memoryLimit`. WebAssembly memory never shrinks, but freed parts of it are used again. */

import { MemoryLimitError } from '../api/errors.js';
import type { DatasetLayout } from '../dataset/dataset.js';

/** Three float32 values: the weight, its gradient, and the kernel's copy of the weight. */
const BYTES_PER_WEIGHT = 12;

export class MemoryBudget {
	readonly #limit: number;
	readonly #used: () => number;
	#freed = 0;

	/** @param used returns the present size of the memory in bytes */
	constructor(limit: number | undefined, used: () => number) {
		this.#limit = limit ?? Number.POSITIVE_INFINITY;
		this.#used = used;
	}

	/** Reserves memory. Throws a MemoryLimitError if it does not fit. */
	reserve(bytes: number): void {
		const growth = Math.max(0, bytes - this.#freed);
		const needed = this.#used() + growth;
		if (growth > 0 && needed > this.#limit) throw new MemoryLimitError(needed, this.#limit);
		this.#freed = Math.max(0, this.#freed - bytes);
	}

	/** Returns memory that was reserved. */
	release(bytes: number): void {
		this.#freed += bytes;
	}
}

/** Number of bytes that a data set takes in the kernel. */
export function bytesOfDataset({ kind, count, features, labels }: DatasetLayout): number {
	const label = labels ? 2 + (labels.kind === 'targets' ? 4 * labels.width : 0) : 0;
	return count * (features * (kind === 'uint8' ? 1 : 4) + label);
}

/** Number of bytes that a model takes in the kernel. */
export function bytesOfModel(features: number, classes: number): number {
	return features * classes * BYTES_PER_WEIGHT;
}
