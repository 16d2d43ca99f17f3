/** Keeps the kernel's memory within `memoryLimit`: it never shrinks, but what was freed in it is used again. */

import { MemoryLimitError } from '../api/errors.js';
import type { DatasetLayout } from '../dataset/dataset.js';

/** A float32 of W, of its gradient, and of the kernel's copy. */
const BYTES_PER_WEIGHT = 12;

export class MemoryBudget {
	readonly #limit: number;
	readonly #used: () => number;
	#freed = 0;

	/** @param used bytes of the memory now */
	constructor(limit: number | undefined, used: () => number) {
		this.#limit = limit ?? Number.POSITIVE_INFINITY;
		this.#used = used;
	}

	/** Refuses what does not fit with a MemoryLimitError. */
	reserve(bytes: number): void {
		const growth = Math.max(0, bytes - this.#freed);
		const needed = this.#used() + growth;
		if (growth > 0 && needed > this.#limit) throw new MemoryLimitError(needed, this.#limit);
		this.#freed = Math.max(0, this.#freed - bytes);
	}

	/** Takes back what was reserved. */
	release(bytes: number): void {
		this.#freed += bytes;
	}
}

/** Bytes of a data set in the kernel. */
export function bytesOfDataset({ kind, count, features, labels }: DatasetLayout): number {
	const label = labels ? 2 + (labels.kind === 'targets' ? 4 * labels.width : 0) : 0;
	return count * (features * (kind === 'uint8' ? 1 : 4) + label);
}

/** Bytes of a model in the kernel. */
export function bytesOfModel(features: number, classes: number): number {
	return features * classes * BYTES_PER_WEIGHT;
}
