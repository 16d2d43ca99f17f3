/**
 * The one owner of a model, its data sets and what was done with them. `Engine` has one where it is called, the trainer's worker
 * has one there. Arguments were checked, but for what depends on every value of the data.
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

/** Rows per call into the kernel where a result has a row per sample. */
const PREDICTION_ROWS = 4096;

export class Learner {
	readonly classifier: Classifier;
	readonly datasets: EngineDatasets;
	/** Whether a training has begun and is not over. */
	isFitting = false;
	#steps = 0;
	#samplesSeen = 0;

	private constructor(settings: ModelSettings) {
		const budget = new MemoryBudget(settings.memoryLimit, memoryBytes);
		this.classifier = new Classifier(settings, budget);
		this.datasets = new EngineDatasets(this.classifier, budget);
	}

	/** Draws the initial weights, where shape and classes are known. */
	static async create(module: WebAssembly.Module, settings: ModelSettings): Promise<Learner> {
		await loadKernel(module);
		return new Learner(settings);
	}

	/** A history without epochs. */
	createHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.classifier.precision };
	}

	/**
	 * The training of `fit`: a batch whenever its caller asks for the next. Leaving it early ends it.
	 *
	 * @param history gets the epochs as they end
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
		// What does not fit into memory is refused while nothing has changed.
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
		// No epoch has passed: the next shuffle is the one that would have come anyway.
		this.classifier.epoch = epoch;
		return { loss: step.loss, accuracy: step.accuracy, samplesSeen: this.#samplesSeen };
	}

	/**
	 * The gradient of a batch, a sum over its samples, which changes nothing.
	 *
	 * @throws TrainerError with code NON_FINITE_LOSS where there is none
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
	 * @throws NonFiniteLossError where a parameter would not be finite; nothing has changed then
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

	/** How much every sample counts; nothing where all count 1. */
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

	/** Keeps what was learned of the classes that stay; data sets of before have no labels any more. */
	setClasses(names: readonly string[]): void {
		this.classifier.replaceClasses(names);
		this.datasets.forgetClasses();
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
		this.datasets.free();
		this.classifier.free();
	}
}
