/** The synchronous façade: owns the kernel's memory. For workers of the caller's own; `Trainer` runs one in ours. */
import { compileKernel } from '#wasm';
import { checkClassNames, checkInteger, checkKeys } from './check.js';
import { Classifier } from './classifier.js';
import { type DatasetLayout, isDataset, readDataset } from './dataset.js';
import { BusyError, InvalidValueError, TrainerError } from './errors.js';
import { checkFitOptions, checkPartialFitOptions, type FitSettings } from './fit-settings.js';
import { withHistory } from './history.js';
import { Kernel, type Model, type Samples } from './kernel.js';
import type { Classes } from './labels.js';
import { bytesOfDataset, MemoryBudget } from './memory.js';
import type {
	Dataset,
	Evaluation,
	FitOptions,
	History,
	Inputs,
	PartialFit,
	PartialFitOptions,
	Precision,
	Prediction,
	PredictOptions,
	ResetOptions,
	Statistics,
	TrainerOptions,
	TrainerState,
	UnlabelledDataset,
	Weights,
} from './options.js';
import { describePrediction } from './prediction.js';
import { ProgressReporter } from './reporter.js';
import { checkPredictOptions, checkTrainerOptions, type ModelSettings } from './settings.js';
import { checkState, checkWeights, optionsOf } from './state.js';
import { type Step, trainBatches } from './training.js';
import { Upload } from './upload.js';
import { combineWeights } from './weights.js';

/** Rows per call into the kernel where a result has a row per sample. */
const PREDICTION_ROWS = 4096;

/** Samples in the engine's memory, for as many calls as wanted. */
export class EngineDataset {
	/** Number of samples. */
	readonly count: number;
	readonly #release: () => void;

	/** @internal */
	constructor(count: number, release: () => void) {
		this.count = count;
		this.#release = release;
	}

	/** Frees the memory. Calling it again does nothing; while `fit` runs it waits for its end. */
	release(): void {
		this.#release();
	}
}

/** A softmax classifier that trains in the thread that calls it. */
export class Engine {
	readonly #kernel: Kernel;
	readonly #budget: MemoryBudget;
	readonly #classifier: Classifier;
	readonly #datasets = new Map<EngineDataset, Samples>();
	#releasedDuringFit: Samples[] = [];
	#steps = 0;
	#samplesSeen = 0;
	#fitting = false;
	#stopped = false;
	#disposed = false;

	private constructor(kernel: Kernel, settings: ModelSettings) {
		this.#kernel = kernel;
		this.#budget = new MemoryBudget(settings.memoryLimit, () => kernel.memoryBytes);
		this.#classifier = new Classifier(kernel, settings, this.#budget);
	}

	/**
	 * Compiles the kernel and draws the initial weights.
	 *
	 * @param module the kernel as a WebAssembly.Module, where it was compiled elsewhere
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault
	 */
	static async create(options: TrainerOptions = {}, module?: object): Promise<Engine> {
		const settings = checkTrainerOptions(options);
		return new Engine(
			await Kernel.load((module as WebAssembly.Module | undefined) ?? (await compileKernel())),
			settings,
		);
	}

	/** An engine that goes on where the one whose state it is was. */
	static async restore(state: TrainerState, module?: object): Promise<Engine> {
		const engine = await Engine.create(optionsOf(state), module);
		engine.restoreState(state);
		return engine;
	}

	/** @internal */
	restoreState(state: TrainerState): void {
		checkState(state, this.#classifier.ready('restore').parameters);
		this.#classifier.restoreState(state);
	}

	/** A copy of all that the engine needs to go on later, elsewhere: with the same data and options, to the same bits. */
	getState(): TrainerState {
		this.#checkAlive();
		return this.#classifier.keepState();
	}

	/** The arithmetic in use; `auto` until the first data set has settled it. */
	get precision(): 'auto' | Precision {
		return this.#classifier.precision;
	}

	/** Shape of a sample, once it is known. */
	get inputShape(): readonly number[] | undefined {
		return this.#classifier.inputShape;
	}

	/** Names of the classes (their indices in digits where they have none), once they are known. */
	get classNames(): readonly string[] | undefined {
		return this.#classifier.classNames;
	}

	/** Epochs begun so far. */
	get epoch(): number {
		return this.#classifier.epoch;
	}

	/** Copies a data set into the engine's memory. The first one with labels settles D and C where they were left open. */
	upload(dataset: UnlabelledDataset): EngineDataset {
		this.#checkAlive();
		const { layout, inputs, labels } = readDataset(dataset, this.inputShape, false);
		const upload = this.beginUpload(layout);
		try {
			upload.write(inputs.read(0, layout.count), labels?.read(0, layout.count));
		} catch (error) {
			this.cancelUpload(upload);
			throw error;
		}
		return this.finishUpload(upload);
	}

	/** @internal Makes room for a data set that comes in slices. */
	beginUpload(layout: DatasetLayout): Upload {
		this.#checkAlive();
		this.#classifier.checkLayout(layout);
		const bytes = bytesOfDataset(layout);
		this.#budget.reserve(bytes);
		return new Upload(layout, this.#kernel.allocateSamples(layout.kind, layout.count, layout.features, bytes));
	}

	/** @internal */
	finishUpload(upload: Upload): EngineDataset {
		const { layout, samples } = upload;
		try {
			const known = { ...this.#classifier.classes, ...(layout.classNames && classesOf(layout.classNames)) };
			const classes = upload.finish(known);
			if (layout.labels) this.#classifier.settle(layout, classes);
		} catch (error) {
			this.#free(samples);
			throw error;
		}
		const dataset: EngineDataset = new EngineDataset(layout.count, () => this.#release(dataset));
		this.#datasets.set(dataset, samples);
		return dataset;
	}

	/** @internal */
	cancelUpload(upload: Upload): void {
		this.#free(upload.samples);
	}

	/**
	 * Trains, and returns when done. Callbacks are called but not awaited.
	 *
	 * @throws InvalidTypeError, InvalidValueError before anything has changed; BusyError when called from a callback of a
	 *   running `fit`; NonFiniteLossError; the signal's reason
	 */
	fit(dataset: Dataset | EngineDataset, options: FitOptions<Dataset | EngineDataset> = {}): History {
		this.#checkAlive();
		const settings = checkFitOptions(options, this.epoch + 1);
		if (this.#fitting) throw new BusyError('fit');
		if (options.signal?.aborted) throw withHistory(options.signal.reason, this.createHistory());
		return this.#with(dataset, true, (training) => {
			const fit = (validation?: EngineDataset) => this.#drain(training, validation, settings, options);
			return options.validationData ? this.#with(options.validationData, true, fit) : fit();
		});
	}

	#drain(
		training: EngineDataset,
		validation: EngineDataset | undefined,
		settings: FitSettings,
		options: FitOptions<Dataset | EngineDataset>,
	): History {
		const history = this.createHistory();
		const { signal, onEpochEnd, onProgress } = options;
		const reporter = onProgress && new ProgressReporter(onProgress);
		try {
			for (const step of this.train(training, validation, settings, history)) {
				reporter?.add(step);
				if (step.log) {
					reporter?.flush();
					onEpochEnd?.(step.log);
				}
				if (signal?.aborted) throw signal.reason;
				if (this.#stopped) {
					history.stoppedBy = 'stop';
					break;
				}
			}
		} catch (error) {
			throw withHistory(error, history);
		}
		return history;
	}

	/** @internal The loop of `fit`, batch by batch. */
	*train(
		training: EngineDataset,
		validation: EngineDataset | undefined,
		settings: FitSettings,
		history: History,
	): Generator<Step, void> {
		if (this.#fitting) throw new BusyError('fit');
		const samples = this.#labelled(training);
		const model = this.#classifier.ready('fit');
		const labels = samples.hasSoftTargets ? undefined : samples.classes;
		const weights = combineWeights(settings, samples.count, labels, this.classNames!);
		const validationSamples = validation && this.#labelled(validation);
		this.#fitting = true;
		this.#stopped = false;
		try {
			const steps = trainBatches({
				kernel: this.#kernel,
				model,
				samples,
				scaling: this.#classifier.scaling(samples.kind),
				settings,
				weights,
				seed: this.#classifier.settings.seed,
				epoch: this.epoch,
				history,
				validate: this.#validator(model, samples, validationSamples, settings),
				onEpoch: (epoch) => {
					this.#classifier.epoch = epoch;
				},
			});
			for (const step of steps) {
				this.#count(step.samples);
				yield step;
			}
		} finally {
			this.#fitting = false;
			for (const released of this.#releasedDuringFit.splice(0)) this.#free(released);
		}
	}

	#validator(model: Model, training: Samples, validation: Samples | undefined, { validationSplit }: FitSettings) {
		if (validation) return () => this.#evaluate(model, validation);
		if (validationSplit === 0) return undefined;
		return () => {
			const { loss, weight, correct } = model.validate(training);
			return { loss: loss / weight, accuracy: correct / weight };
		};
	}

	#count(samples: number): void {
		this.#steps++;
		this.#samplesSeen += samples;
	}

	/** @internal A history without epochs. */
	createHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.precision };
	}

	/** Called from a callback of `fit`: ends it after the current batch. */
	stop(): void {
		this.#stopped = true;
	}

	/** Mean loss and accuracy on a data set. */
	evaluate(dataset: Dataset | EngineDataset): Evaluation {
		this.#checkAlive();
		const model = this.#classifier.ready('evaluate');
		return this.#with(dataset, true, (uploaded) => this.#evaluate(model, this.#labelled(uploaded)));
	}

	#evaluate(model: Model, samples: Samples): Evaluation {
		const { count } = samples;
		model.useScaling(this.#classifier.scaling(samples.kind));
		const { loss, correct } = model.evaluate(samples);
		return { loss: loss / count, accuracy: correct / count, correct, count };
	}

	/** The most probable class of every sample, and all probabilities. */
	predict(inputs: Inputs | UnlabelledDataset | EngineDataset, options: PredictOptions = {}): Prediction {
		this.#checkAlive();
		const topK = checkPredictOptions(options, this.#classifier.ready('predict').classes);
		return describePrediction(this.probabilities(inputs), this.classNames!, topK);
	}

	/** @internal Probabilities `[count, C]`. */
	probabilities(inputs: Inputs | UnlabelledDataset | EngineDataset): Float32Array {
		this.#checkAlive();
		const model = this.#classifier.ready('predict');
		const dataset = inputs instanceof EngineDataset || isDataset(inputs) ? inputs : { inputs };
		return this.#with(dataset, false, (uploaded) => {
			const samples = this.#samples(uploaded);
			const probabilities = new Float32Array(samples.count * model.classes);
			model.useScaling(this.#classifier.scaling(samples.kind));
			for (let row = 0; row < samples.count; row += PREDICTION_ROWS) {
				const end = Math.min(samples.count, row + PREDICTION_ROWS);
				probabilities.set(model.predict(samples, row, end), row * model.classes);
			}
			return probabilities;
		});
	}

	/** Copies of the parameters. */
	getWeights(): Weights {
		this.#checkAlive();
		const { weight, bias } = this.#classifier.ready('getWeights').parameters;
		return { weight: weight.slice(), bias: bias.slice() };
	}

	/**
	 * Replaces the parameters.
	 *
	 * @throws InvalidTypeError, InvalidValueError where an array has another length or holds a value that is not finite
	 */
	setWeights(weights: Weights): void {
		this.#checkAlive();
		if (this.#fitting) throw new BusyError('setWeights');
		const { parameters } = this.#classifier.ready('setWeights');
		checkWeights(weights, parameters);
		parameters.weight.set(weights.weight);
		parameters.bias.set(weights.bias);
	}

	/**
	 * One step on a batch, outside of any epoch: for learning online.
	 *
	 * @returns loss and accuracy of the batch before the step, and the samples seen since the engine was created
	 */
	partialFit(batch: Dataset | EngineDataset, options: PartialFitOptions = {}): PartialFit {
		this.#checkAlive();
		const settings = checkPartialFitOptions(options, this.epoch + 1);
		if (this.#fitting) throw new BusyError('partialFit');
		return this.#with(batch, true, (dataset) => {
			const { epoch } = this;
			const [step] = this.train(dataset, undefined, settings, this.createHistory());
			// No epoch has passed: the next shuffle is the one that would have come anyway.
			this.#classifier.epoch = epoch;
			return { loss: step.loss, accuracy: step.accuracy, samplesSeen: this.#samplesSeen };
		});
	}

	/** Keeps what was learned of the classes that stay, begins anew with those that are new, and forgets the rest. */
	setClasses(names: readonly string[]): void {
		this.#checkAlive();
		const checked = checkClassNames('classes', names);
		if (this.#fitting) throw new BusyError('setClasses');
		this.#classifier.replaceClasses(checked);
		for (const samples of this.#datasets.values()) samples.forgetTargets();
	}

	/** Begins anew: new weights, epoch 1 next. */
	reset(options: ResetOptions = {}): void {
		this.#checkAlive();
		checkKeys('options', options, ['seed']);
		const { seed = this.#classifier.settings.seed } = options;
		checkInteger('seed', seed, 0, 2 ** 32 - 1);
		if (this.#fitting) throw new BusyError('reset');
		this.#classifier.reset(seed);
		this.#steps = 0;
		this.#samplesSeen = 0;
	}

	/** What the engine has done and how much memory it takes. */
	stats(): Omit<Statistics, 'pendingCalls'> {
		this.#checkAlive();
		return { steps: this.#steps, samplesSeen: this.#samplesSeen, memoryBytes: this.#kernel.memoryBytes };
	}

	/** Frees the engine's memory; every later call throws. Calling it again does nothing. */
	dispose(): void {
		if (this.#disposed) return;
		if (this.#fitting) throw new BusyError('dispose');
		this.#disposed = true;
		for (const samples of this.#datasets.values()) samples.free();
		this.#datasets.clear();
		this.#classifier.free();
	}

	#free(samples: Samples): void {
		samples.free();
		this.#budget.release(samples.bytes);
	}

	#checkAlive(): void {
		if (this.#disposed) throw new TrainerError('the engine was disposed', 'DISPOSED');
	}

	#samples(dataset: EngineDataset): Samples {
		const samples = this.#datasets.get(dataset);
		if (samples) return samples;
		throw new InvalidValueError({
			field: 'dataset',
			expected: 'a data set of this trainer',
			got: 'a released or foreign one',
		});
	}

	#labelled(dataset: EngineDataset): Samples {
		const samples = this.#samples(dataset);
		if (samples.hasTargets) return samples;
		throw new InvalidValueError({ field: 'labels', expected: 'labels', got: 'a data set uploaded without them' });
	}

	#with<T>(dataset: UnlabelledDataset | EngineDataset, labelled: boolean, use: (uploaded: EngineDataset) => T): T {
		if (dataset instanceof EngineDataset) return use(dataset);
		if (labelled) readDataset(dataset, this.inputShape, true);
		const uploaded = this.upload(dataset);
		try {
			return use(uploaded);
		} finally {
			uploaded.release();
		}
	}

	#release(dataset: EngineDataset): void {
		const samples = this.#datasets.get(dataset);
		if (!samples) return;
		this.#datasets.delete(dataset);
		if (this.#fitting) this.#releasedDuringFit.push(samples);
		else this.#free(samples);
	}
}

function classesOf(names: readonly string[]): Classes {
	return { count: names.length, names };
}
