/** The engine behind both façades, without checks of options: `Engine` runs it where it is called, `Trainer` in a worker. */

import { BusyError, InvalidValueError, NonFiniteLossError, TrainerError } from '../api/errors.js';
import type { FitSettings } from '../api/fit-options.js';
import type { ModelSettings } from '../api/trainer-options.js';
import type { Evaluation, Gradient, History, PartialFit, Statistics } from '../api/types.js';
import type { DatasetLayout } from '../dataset/dataset.js';
import { combineWeights } from '../dataset/sample-weights.js';
import { loadKernel, memoryBytes } from '../kernel/instance.js';
import type { Model } from '../kernel/model.js';
import { allocateSamples, type Samples } from '../kernel/samples.js';
import { Classifier } from './classifier.js';
import { bytesOfDataset, MemoryBudget } from './memory-budget.js';
import { StoredDataset } from './stored-dataset.js';
import { learningRate, type Step, trainBatches } from './training.js';

/** Rows per call into the kernel where a result has a row per sample. */
const PREDICTION_ROWS = 4096;

/** A model, and the data sets that were uploaded for it. */
export class EngineCore {
	readonly classifier: Classifier;
	readonly #budget: MemoryBudget;
	/** All that take memory, arrived or on their way. */
	readonly #datasets = new Set<StoredDataset>();
	#releasedDuringFit: StoredDataset[] = [];
	#steps = 0;
	#samplesSeen = 0;
	#fitting = false;

	private constructor(settings: ModelSettings) {
		this.#budget = new MemoryBudget(settings.memoryLimit, memoryBytes);
		this.classifier = new Classifier(settings, this.#budget);
	}

	/** Draws the initial weights, where shape and classes are known. */
	static async create(module: WebAssembly.Module, settings: ModelSettings): Promise<EngineCore> {
		await loadKernel(module);
		return new EngineCore(settings);
	}

	/** Refuses a call that would disturb a running `fit`. */
	checkIdle(call: string): void {
		if (this.#fitting) throw new BusyError(call);
	}

	/** Makes room for a data set that comes in slices. */
	beginUpload(layout: DatasetLayout): StoredDataset {
		this.classifier.checkLayout(layout);
		const bytes = bytesOfDataset(layout);
		this.#budget.reserve(bytes);
		const samples = allocateSamples(layout.kind, layout.count, layout.features, bytes);
		const dataset = new StoredDataset(layout, samples);
		this.#datasets.add(dataset);
		return dataset;
	}

	/**
	 * Checks what was written, and frees what is refused. The first data set with labels settles D and C where they were left
	 * open; since this one began, another may have.
	 */
	finishUpload(dataset: StoredDataset): void {
		const { layout } = dataset;
		const names = layout.classNames;
		try {
			this.classifier.checkLayout(layout);
			const classes = dataset.finish({ ...this.classifier.classes, ...(names && { count: names.length, names }) });
			if (layout.labels) this.classifier.settle(layout, classes);
		} catch (error) {
			this.release(dataset);
			throw error;
		}
	}

	/** Frees a data set, arrived or not; while `fit` runs, at its end. Doing it again does nothing. */
	release(dataset: StoredDataset): void {
		if (!this.#datasets.delete(dataset)) return;
		if (this.#fitting) this.#releasedDuringFit.push(dataset);
		else this.#free(dataset);
	}

	/** The samples of a data set for a call that computes with them, which has to be whole and to fit the model as it is now. */
	#use(dataset: StoredDataset): Samples {
		if (!this.#datasets.has(dataset) || !dataset.isFinished) {
			throw new TrainerError('the data set has not arrived or was released', 'NOT_READY');
		}
		this.classifier.checkLayout(dataset.layout);
		return dataset.samples;
	}

	/** As `#use`, for calls that need labels. */
	#useLabelled(dataset: StoredDataset): Samples {
		const samples = this.#use(dataset);
		if (samples.hasTargets) return samples;
		const got = 'a data set that was uploaded without them, or before setClasses';
		throw new InvalidValueError({ field: 'labels', expected: 'labels', got });
	}

	/** The loop of `fit`, batch by batch. */
	*train(
		dataset: StoredDataset,
		validationData: StoredDataset | undefined,
		settings: FitSettings,
		history: History,
	): Generator<Step, void> {
		const { classifier } = this;
		this.checkIdle('fit');
		const samples = this.#useLabelled(dataset);
		const validation = validationData && this.#useLabelled(validationData);
		const model = classifier.ready('fit');
		const weights = this.#sampleWeights(samples, settings);
		this.#fitting = true;
		try {
			const steps = trainBatches({
				model,
				samples,
				scaling: classifier.scaling(samples.kind),
				settings,
				weights,
				seed: classifier.settings.seed,
				epoch: classifier.epoch,
				history,
				validate: this.#validator(model, samples, validation, settings),
				onEpoch: (epoch) => {
					classifier.epoch = epoch;
				},
			});
			for (const step of steps) {
				this.#steps++;
				this.#samplesSeen += step.samples;
				yield step;
			}
		} finally {
			this.#fitting = false;
			for (const released of this.#releasedDuringFit.splice(0)) this.#free(released);
		}
	}

	#validator(model: Model, training: Samples, validation: Samples | undefined, { validationSplit }: FitSettings) {
		if (validation) return () => this.#measure(model, validation);
		if (validationSplit === 0) return undefined;
		return () => {
			const { loss, totalWeight, correct } = model.validate(training);
			return { loss: loss / totalWeight, accuracy: correct / totalWeight };
		};
	}

	/** A history without epochs. */
	createHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.classifier.precision };
	}

	/** One step on a batch, outside of any epoch. */
	partialFit(dataset: StoredDataset, settings: FitSettings): PartialFit {
		const { epoch } = this.classifier;
		const [step] = this.train(dataset, undefined, settings, this.createHistory());
		// No epoch has passed: the next shuffle is the one that would have come anyway.
		this.classifier.epoch = epoch;
		return { loss: step.loss, accuracy: step.accuracy, samplesSeen: this.#samplesSeen };
	}

	/**
	 * The gradient of a batch, which changes nothing.
	 *
	 * @throws TrainerError with code NON_FINITE_LOSS where there is none
	 */
	gradient(dataset: StoredDataset, settings: FitSettings): Gradient {
		this.checkIdle('gradient');
		const model = this.classifier.ready('gradient');
		const samples = this.#useLabelled(dataset);
		const { count, kind } = samples;
		model.useScaling(this.classifier.scaling(kind));
		model.setLabelSmoothing(settings.labelSmoothing);
		model.holdOut(samples, 0, 0);
		model.beginEpoch(count, false, 0, 0);
		samples.setSampleWeights(this.#sampleWeights(samples, settings));
		try {
			const gradient = model.differentiate(samples, 0, count);
			if (Number.isFinite(gradient.loss)) return { ...gradient, count };
			throw new TrainerError('gradient: the loss of this batch is not finite', 'NON_FINITE_LOSS');
		} finally {
			samples.setSampleWeights(undefined);
		}
	}

	/**
	 * One step along the sum of gradients, outside of any epoch.
	 *
	 * @throws NonFiniteLossError where a parameter would not be finite; nothing has changed then
	 */
	applyGradients(gradients: readonly Gradient[], settings: FitSettings): PartialFit {
		this.checkIdle('applyGradients');
		const model = this.classifier.ready('applyGradients');
		const sum = (key: 'loss' | 'totalWeight' | 'correct' | 'count') => {
			return gradients.reduce((total, gradient) => total + gradient[key], 0);
		};
		const [totalWeight, count] = [sum('totalWeight'), sum('count')];
		const epoch = this.classifier.epoch + 1;
		const before = model.snapshot();
		model.setOptimizer(settings);
		model.step(gradients, totalWeight, learningRate(settings, { first: epoch, epoch, batch: 0, batches: 1 }));
		if (!model.isFinite()) {
			model.restoreState(before);
			throw new NonFiniteLossError(epoch, 1, this.createHistory());
		}
		this.#steps++;
		this.#samplesSeen += count;
		const loss = totalWeight > 0 ? sum('loss') / totalWeight : 0;
		return { loss, accuracy: sum('correct') / count, samplesSeen: this.#samplesSeen };
	}

	/** How much every sample counts; nothing where all count 1. */
	#sampleWeights(samples: Samples, settings: FitSettings): Float32Array | undefined {
		const labels = samples.hasSoftTargets ? undefined : samples.classes;
		return combineWeights(settings, samples.count, labels, this.classifier.classNames!);
	}

	/** Mean loss and accuracy. */
	evaluate(dataset: StoredDataset): Evaluation {
		const model = this.classifier.ready('evaluate');
		return this.#measure(model, this.#useLabelled(dataset));
	}

	#measure(model: Model, samples: Samples): Evaluation {
		const { count } = samples;
		model.useScaling(this.classifier.scaling(samples.kind));
		const { loss, correct } = model.evaluate(samples);
		return { loss: loss / count, accuracy: correct / count, correct, count };
	}

	/** Probabilities `[count, C]`. */
	predict(dataset: StoredDataset): Float32Array {
		const model = this.classifier.ready('predict');
		const samples = this.#use(dataset);
		const probabilities = new Float32Array(samples.count * model.classes);
		model.useScaling(this.classifier.scaling(samples.kind));
		for (let row = 0; row < samples.count; row += PREDICTION_ROWS) {
			const end = Math.min(samples.count, row + PREDICTION_ROWS);
			probabilities.set(model.predict(samples, row, end), row * model.classes);
		}
		return probabilities;
	}

	/** Keeps what was learned of the classes that stay; data sets of before, also those on their way, have no labels any more. */
	setClasses(names: readonly string[]): void {
		this.classifier.replaceClasses(names);
		for (const dataset of this.#datasets) dataset.forgetClasses();
	}

	/** Begins anew, with another seed where one is given. */
	reset(seed = this.classifier.settings.seed): void {
		this.classifier.reset(seed);
		this.#steps = 0;
		this.#samplesSeen = 0;
	}

	/** What was done so far, and how much memory it takes. */
	stats(): Omit<Statistics, 'pendingCalls'> {
		return { steps: this.#steps, samplesSeen: this.#samplesSeen, memoryBytes: memoryBytes() };
	}

	/** Frees all memory. */
	free(): void {
		for (const { samples } of this.#datasets) samples.free();
		this.#datasets.clear();
		this.classifier.free();
	}

	#free({ samples }: StoredDataset): void {
		samples.free();
		this.#budget.release(samples.bytes);
	}
}
