/** A data set in the kernel's memory. It is written slice by slice, and checked when it is complete. Only then can it be used. */
import { badData, show } from '../api/check.js';
import type { Labels } from '../api/types.js';
import type { DatasetLayout } from '../dataset/dataset.js';
import { type Classes, checkTargets, classIndices, type LabelKind, resolveClasses } from '../dataset/labels.js';
import type { Samples } from '../kernel/samples.js';

/** Samples in the engine's memory. Any number of calls can use them. */
export class EngineDataset {
	/** Number of samples. */
	readonly count: number;
	/** @internal */
	readonly samples: Samples;
	readonly #free: (dataset: EngineDataset) => void;
	/**
	 * Shape and kind of the data. `forgetClasses` removes the labels and the class names.
	 *
	 * @internal
	 */
	layout: DatasetLayout;
	/**
	 * Whether all samples have arrived and were checked.
	 *
	 * @internal
	 */
	isFinished = false;
	#rows = 0;
	/** The labels as they arrived. They are kept until they are checked. */
	#labels: Labels[] = [];

	/** @internal */
	constructor(layout: DatasetLayout, samples: Samples, free: (dataset: EngineDataset) => void) {
		this.count = layout.count;
		this.samples = samples;
		this.layout = layout;
		this.#free = free;
	}

	/** Frees the memory. If `fit` uses it, the memory is freed when `fit` ends. Calling it again does nothing. */
	release(): void {
		this.#free(this);
	}

	/**
	 * Writes the next rows and their labels.
	 *
	 * @internal
	 */
	write(inputs: Uint8Array | Float32Array, labels?: Labels): void {
		this.samples.writeInputs(this.#rows, inputs);
		this.#rows += inputs.length / this.layout.features;
		if (labels) this.#labels.push(labels);
	}

	/**
	 * Checks that all samples have arrived, checks every value, and copies the labels to the kernel.
	 *
	 * @returns the classes: the known ones, or those found in the labels
	 * @internal
	 */
	finish(known: Classes): Classes {
		this.#checkComplete();
		const bad = this.samples.firstNonFinite();
		if (bad) {
			const { row, column, value } = bad;
			throw badData('inputs', 'a finite number', show(value), { row, column });
		}
		const classes = this.#finishLabels(known);
		this.#labels = [];
		this.isFinished = true;
		return classes;
	}

	/**
	 * Removes the labels and the class names, because they belong to classes that have changed.
	 *
	 * @internal
	 */
	forgetClasses(): void {
		this.layout = { ...this.layout, classNames: undefined, labels: undefined };
		this.samples.forgetTargets();
	}

	/** Throws if samples or labels are missing: a slice could not be sent, or the caller's array has shrunk meanwhile. */
	#checkComplete(): void {
		const { count, labels } = this.layout;
		if (this.#rows !== count) throw badData('inputs', `all ${count} samples`, `${this.#rows}`);
		if (!labels) return;
		const values = this.#labels.reduce((total, part) => total + part.length, 0);
		if (values !== count * labels.width) throw badData('labels', `all ${count * labels.width} values`, `${values}`);
	}

	#finishLabels(known: Classes): Classes {
		const { labels } = this.layout;
		if (!labels) return known;
		const { kind, width } = labels;
		const classes = resolveClasses(this.#labels, kind, width, known);
		if (kind === 'targets') this.samples.setTargets(this.#joinTargets(width), width);
		else this.samples.allocateClasses().set(this.#joinIndices(kind, classes));
		return classes;
	}

	#joinTargets(width: number): Float32Array {
		const targets = new Float32Array(this.count * width);
		let position = 0;
		for (const part of this.#labels as Float32Array[]) {
			checkTargets(part, width, position / width);
			targets.set(part, position);
			position += part.length;
		}
		return targets;
	}

	#joinIndices(kind: LabelKind, classes: Classes): Uint16Array {
		const indices = new Uint16Array(this.count);
		let row = 0;
		for (const part of this.#labels) {
			indices.set(classIndices(part, kind, row, classes), row);
			row += part.length;
		}
		return indices;
	}
}
