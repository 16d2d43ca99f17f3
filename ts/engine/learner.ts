/**
 * Owns a model, its data sets and the statistics. `Engine` has one in the thread of its caller, `Trainer` has one in its worker.
 * Both check the arguments before. Only checks that read every value of the data are made here.
 */
import { NonFiniteLossError, TrainerError } from '../api/errors.js';
import type { FitSettings } from '../api/fit-options.js';
import type { ModelSettings } from '../api/trainer-options.js';
import type { Evaluation, Gradient, History, PartialFit, Statistics } from '../api/types.js';
import { combineWeights } from '../dataset/sample-weights.js';
import { loadKernel, memoryBytes } from '../kernel/instance.js';
import type { Model } from '../kernel/model.js';
import type { Samples } from '../kernel/samples.js';
import { Classifier } from './classifier.js';
import type { EngineDataset } from './dataset.js';
import { EngineDatasets } from './datasets.js';
import { MemoryBudget } from './memory-budget.js';
import { learningRate, type Step, trainBatches } from './training.js';

/** Number of rows that one call of the kernel predicts. It bounds the memory for the results. */
const PREDICTION_ROWS = 4096;

export class Learner {
	readonly classifier: Classifier;
	readonly datasets: EngineDatasets;
	/** Whether a training is running. */
	isFitting = false;
	#steps = 0;
	#samplesSeen = 0;

	private constructor(settings: ModelSettings) {
		const budget = new MemoryBudget(settings.memoryLimit, memoryBytes);
		this.classifier = new Classifier(settings, budget);
		this.datasets = new EngineDatasets(this.classifier, budget);
	}

	/** Loads the kernel, and draws the initial weights if shape and classes are known. */
	static async create(module: WebAssembly.Module, settings: ModelSettings): Promise<Learner> {
		await loadKernel(module);
		return new Learner(settings);
	}

	/** A history without epochs. */
	createHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.classifier.precision };
	}

	/**
	 * The training of `fit` as a generator, which trains one batch per step. Leaving it early ends training.
	 *
	 * @param history gets an entry when an epoch ends
	 */
	*train(
		dataset: EngineDataset,
		validationData: EngineDataset | undefined,
		settings: FitSettings,
		history: History,
	): Generator<Step, void> {
		const samples = this.datasets.useLabelled(dataset);
		const validation = validationData && this.datasets.useLabelled(validationData);
		this.isFitting = true;
		this.datasets.hold([dataset, validationData]);
		try {
			yield* this.#trainOn(samples, validation, settings, history);
		} finally {
			this.isFitting = false;
			this.datasets.letGo();
		}
	}

	*#trainOn(
		samples: Samples,
		validation: Samples | undefined,
		settings: FitSettings,
		history: History,
	): Generator<Step, void> {
		const classifier = this.classifier;
		const model = classifier.ready('fit');
		// This memory is allocated before anything changes, so that an error leaves the model as it was.
		model.reserve(samples, Math.min(samples.count, settings.batchSize));
		if (validation) model.reserve(validation, validation.count);
		const steps = trainBatches({
			model,
			samples,
			scaling: classifier.scaling(samples.kind),
			settings,
			weights: this.#sampleWeights(samples, settings),
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
	}

	#validator(model: Model, training: Samples, validation: Samples | undefined, { validationSplit }: FitSettings) {
		if (validation) return () => this.#measure(validation);
		if (validationSplit === 0) return undefined;
		return () => {
			const { loss, totalWeight, correct } = model.validate(training);
			return { loss: loss / totalWeight, accuracy: correct / totalWeight };
		};
	}

	/** One step on a batch, outside of any epoch. */
	step(dataset: EngineDataset, settings: FitSettings): PartialFit {
		const { epoch } = this.classifier;
		const [step] = this.train(dataset, undefined, settings, this.createHistory());
		// A single step is no epoch. With the old count, the next epoch has the shuffle that it would have had without the step.
		this.classifier.epoch = epoch;
		return { loss: step.loss, accuracy: step.accuracy, samplesSeen: this.#samplesSeen };
	}

	/**
	 * The gradient of a batch, summed over its samples. It changes nothing.
	 *
	 * @throws TrainerError with code NON_FINITE_LOSS if the loss of the batch is not finite
	 */
	gradient(dataset: EngineDataset, settings: FitSettings): Gradient {
		const model = this.classifier.ready('gradient');
		const samples = this.datasets.useLabelled(dataset);
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
	 * @throws NonFiniteLossError if a parameter would not be finite. It leaves everything unchanged
	 */
	applyGradients(gradients: readonly Gradient[], settings: FitSettings): PartialFit {
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

	/** The weight of every sample; undefined if all samples have weight 1. */
	#sampleWeights(samples: Samples, settings: FitSettings): Float32Array | undefined {
		const labels = samples.hasSoftTargets ? undefined : samples.classes;
		return combineWeights(settings, samples.count, labels, this.classifier.classNames!);
	}

	/** Mean loss and accuracy. */
	evaluate(dataset: EngineDataset): Evaluation {
		return this.#measure(this.datasets.useLabelled(dataset));
	}

	#measure(samples: Samples): Evaluation {
		const model = this.classifier.ready('evaluate');
		const { count } = samples;
		model.useScaling(this.classifier.scaling(samples.kind));
		const { loss, correct } = model.evaluate(samples);
		return { loss: loss / count, accuracy: correct / count, correct, count };
	}

	/** Probabilities `[count, C]`. */
	predict(dataset: EngineDataset): Float32Array {
		const model = this.classifier.ready('predict');
		const samples = this.datasets.use(dataset);
		const probabilities = new Float32Array(samples.count * model.classes);
		model.useScaling(this.classifier.scaling(samples.kind));
		for (let row = 0; row < samples.count; row += PREDICTION_ROWS) {
			const end = Math.min(samples.count, row + PREDICTION_ROWS);
			probabilities.set(model.predict(samples, row, end), row * model.classes);
		}
		return probabilities;
	}

	/** Keeps the weights of the classes that stay, and removes the labels of all data sets. */
	setClasses(names: readonly string[]): void {
		this.classifier.replaceClasses(names);
		this.datasets.forgetClasses();
	}

	/** Starts over. A seed that is given replaces the old one. */
	reset(seed = this.classifier.settings.seed): void {
		this.classifier.reset(seed);
		this.#steps = 0;
		this.#samplesSeen = 0;
	}

	/** Numbers of steps and samples so far, and the size of the kernel's memory in bytes. */
	stats(): Omit<Statistics, 'pendingCalls'> {
		return { steps: this.#steps, samplesSeen: this.#samplesSeen, memoryBytes: memoryBytes() };
	}

	/** Frees all memory. */
	free(): void {
		this.datasets.free();
		this.classifier.free();
	}
}
