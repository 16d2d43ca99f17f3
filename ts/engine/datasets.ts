/** The data sets of an engine. It checks that each one belongs to the engine, fits its model, and fits into its memory. */
import { InvalidValueError, TrainerError } from '../api/errors.js';
import type { DatasetLayout } from '../dataset/dataset.js';
import { allocateSamples, type Samples } from '../kernel/samples.js';
import type { Classifier } from './classifier.js';
import { EngineDataset } from './dataset.js';
import { bytesOfDataset, type MemoryBudget } from './memory-budget.js';

export class EngineDatasets {
	readonly #classifier: Classifier;
	readonly #budget: MemoryBudget;
	/** All data sets that were not released, complete or not. */
	readonly #datasets = new Set<EngineDataset>();
	/** The data sets that training uses. They stay in memory even if they are released. */
	#held: readonly (EngineDataset | undefined)[] = [];
	#releasedWhileHeld: EngineDataset[] = [];

	constructor(classifier: Classifier, budget: MemoryBudget) {
		this.#classifier = classifier;
		this.#budget = budget;
	}

	/** Adds a data set that `write` writes at once. Frees it if anything throws. */
	add(layout: DatasetLayout, write: (dataset: EngineDataset) => void): EngineDataset {
		const dataset = this.begin(layout);
		try {
			write(dataset);
		} catch (error) {
			dataset.release();
			throw error;
		}
		this.finish(dataset);
		return dataset;
	}

	/** Allocates memory for a data set, which is then written in slices. */
	begin(layout: DatasetLayout): EngineDataset {
		this.#classifier.checkLayout(layout);
		const bytes = bytesOfDataset(layout);
		this.#budget.reserve(bytes);
		const samples = allocateSamples(layout.kind, layout.count, layout.features, bytes);
		const dataset = new EngineDataset(layout, samples, (released) => this.#release(released));
		this.#datasets.add(dataset);
		return dataset;
	}

	/**
	 * Checks a data set that is complete, and frees it if it is wrong. The first labelled data set determines D and C if the
	 * options did not. The layout is checked again, because another data set may have determined them since `begin`.
	 */
	finish(dataset: EngineDataset): void {
		const { layout } = dataset;
		const names = layout.classNames;
		try {
			this.#classifier.checkLayout(layout);
			const known = { ...this.#classifier.classes, ...(names && { count: names.length, names }) };
			const classes = dataset.finish(known);
			if (layout.labels) this.#classifier.settle(layout, classes);
		} catch (error) {
			dataset.release();
			throw error;
		}
	}

	/** The samples of a data set. Throws if it is not complete, or does not fit the present model. */
	use(dataset: EngineDataset): Samples {
		if (!this.#datasets.has(dataset)) {
			const got = 'a released or foreign one';
			throw new InvalidValueError({ field: 'dataset', expected: 'a data set of this trainer', got });
		}
		if (!dataset.isFinished) throw new TrainerError('the data set has not arrived', 'NOT_READY');
		this.#classifier.checkLayout(dataset.layout);
		return dataset.samples;
	}

	/** Like `use`, for calls that need labels. */
	useLabelled(dataset: EngineDataset): Samples {
		const samples = this.use(dataset);
		if (samples.hasTargets) return samples;
		const got = 'a data set that was uploaded without them, or before setClasses';
		throw new InvalidValueError({ field: 'labels', expected: 'labels', got });
	}

	/** Keeps data sets in memory until `letGo`, even if they are released meanwhile. */
	hold(datasets: readonly (EngineDataset | undefined)[]): void {
		this.#held = datasets;
	}

	/** Frees the held data sets that were released meanwhile. */
	letGo(): void {
		this.#held = [];
		for (const dataset of this.#releasedWhileHeld.splice(0)) this.#free(dataset);
	}

	/** Removes the labels of all data sets, even incomplete ones, because the classes have changed. */
	forgetClasses(): void {
		for (const dataset of this.#datasets) dataset.forgetClasses();
	}

	/** Frees all data sets. */
	free(): void {
		for (const dataset of this.#datasets) dataset.samples.free();
		this.#datasets.clear();
	}

	#release(dataset: EngineDataset): void {
		if (!this.#datasets.delete(dataset)) return;
		if (this.#held.includes(dataset)) this.#releasedWhileHeld.push(dataset);
		else this.#free(dataset);
	}

	#free({ samples }: EngineDataset): void {
		samples.free();
		this.#budget.release(samples.bytes);
	}
}
