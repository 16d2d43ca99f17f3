/** The data sets of an engine: who made them, what they take of its memory, and whether they fit its model. */
import { InvalidValueError, TrainerError } from '../api/errors.js';
import type { DatasetLayout } from '../dataset/dataset.js';
import { allocateSamples, type Samples } from '../kernel/samples.js';
import type { Classifier } from './classifier.js';
import { EngineDataset } from './dataset.js';
import { bytesOfDataset, type MemoryBudget } from './memory-budget.js';

export class EngineDatasets {
	readonly #classifier: Classifier;
	readonly #budget: MemoryBudget;
	/** All that were not released, whole or not. */
	readonly #datasets = new Set<EngineDataset>();
	/** Those that training works on: they stay in memory, released or not. */
	#held: readonly (EngineDataset | undefined)[] = [];
	#releasedWhileHeld: EngineDataset[] = [];

	constructor(classifier: Classifier, budget: MemoryBudget) {
		this.#classifier = classifier;
		this.#budget = budget;
	}

	/** Makes room for a data set that is then written in slices. */
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
	 * Checks what was written, and frees what is refused. The first data set with labels settles D and C where they were left
	 * open; since this one began, another may have.
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

	/** The samples of a data set, which has to be whole and to fit the model as it is now. */
	use(dataset: EngineDataset): Samples {
		if (!this.#datasets.has(dataset)) {
			const got = 'a released or foreign one';
			throw new InvalidValueError({ field: 'dataset', expected: 'a data set of this trainer', got });
		}
		if (!dataset.isFinished) throw new TrainerError('the data set has not arrived', 'NOT_READY');
		this.#classifier.checkLayout(dataset.layout);
		return dataset.samples;
	}

	/** As `use`, for calls that need labels. */
	useLabelled(dataset: EngineDataset): Samples {
		const samples = this.use(dataset);
		if (samples.hasTargets) return samples;
		const got = 'a data set that was uploaded without them, or before setClasses';
		throw new InvalidValueError({ field: 'labels', expected: 'labels', got });
	}

	/** Keeps data sets in memory until `letGo`, even where they are released meanwhile. */
	hold(datasets: readonly (EngineDataset | undefined)[]): void {
		this.#held = datasets;
	}

	letGo(): void {
		this.#held = [];
		for (const dataset of this.#releasedWhileHeld.splice(0)) this.#free(dataset);
	}

	/** Makes all data sets unlabelled, also those that are being written: the classes have changed. */
	forgetClasses(): void {
		for (const dataset of this.#datasets) dataset.forgetClasses();
	}

	/** Frees all of them. */
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
