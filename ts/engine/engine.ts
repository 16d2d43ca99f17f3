/** The synchronous façade, for callers that have a worker of their own. `Trainer` has the same calls, and brings a worker. */
import { compileKernel } from '#wasm';
import { checkClassNames } from '../api/check.js';
import { BusyError, TrainerError, withHistory } from '../api/errors.js';
import {
	checkFitOptions,
	checkGradientOptions,
	checkPartialFitOptions,
	checkUpdateOptions,
	type FitSettings,
} from '../api/fit-options.js';
import type {
	FitOptions,
	GradientOptions,
	PartialFitOptions,
	PredictOptions,
	ResetOptions,
	TrainerOptions,
	UpdateOptions,
} from '../api/options.js';
import { describePrediction } from '../api/results.js';
import { checkGradients, checkState, checkWeights, optionsOf } from '../api/state.js';
import { checkPredictOptions, checkResetOptions, checkTrainerOptions } from '../api/trainer-options.js';
import type {
	Dataset,
	Evaluation,
	Gradient,
	History,
	Inputs,
	PartialFit,
	Precision,
	Prediction,
	Statistics,
	TrainerState,
	UnlabelledDataset,
	Weights,
} from '../api/types.js';
import { isDataset, readDataset } from '../dataset/dataset.js';
import { EngineDataset } from './dataset.js';
import { Learner } from './learner.js';
import { ProgressReporter } from './progress.js';

/**
 * A softmax classifier that trains in the thread that calls it. After `dispose`, every call but `stop` and `dispose` throws a
 * TrainerError with code DISPOSED.
 */
export class Engine {
	readonly #learner: Learner;
	#stopped = false;
	#disposed = false;

	private constructor(learner: Learner) {
		this.#learner = learner;
	}

	/**
	 * Compiles the kernel and draws the initial weights.
	 *
	 * @param module the compiled kernel as a WebAssembly.Module; without it, `create` compiles the kernel
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault; TrainerError with code UNSUPPORTED if there is no
	 *   WebAssembly SIMD; MemoryLimitError if the model alone exceeds `memoryLimit`
	 */
	static async create(options: TrainerOptions = {}, module?: object): Promise<Engine> {
		const settings = checkTrainerOptions(options);
		const compiled = (module as WebAssembly.Module | undefined) ?? (await compileKernel());
		return new Engine(await Learner.create(compiled, settings));
	}

	/**
	 * Creates an engine that continues from a state of `getState`.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the part of the state at fault; what `create` throws
	 */
	static async restore(state: TrainerState, module?: object): Promise<Engine> {
		const engine = await Engine.create(optionsOf(state), module);
		const { classifier } = engine.#learner;
		checkState(state, classifier.inputShape!, classifier.classNames!);
		classifier.restoreState(state);
		return engine;
	}

	/**
	 * A copy of everything that an engine needs to continue later, or elsewhere. The same data and options give the same bits.
	 *
	 * @throws TrainerError with code NOT_READY before D and C are known
	 */
	getState(): TrainerState {
		this.#checkAlive();
		return this.#learner.classifier.keepState();
	}

	/** The arithmetic in use. It can be `auto` until the first data set determines it. */
	get precision(): 'auto' | Precision {
		return this.#learner.classifier.precision;
	}

	/** Shape of a sample; undefined until it is known. */
	get inputShape(): readonly number[] | undefined {
		return this.#learner.classifier.inputShape;
	}

	/** Names of the classes; undefined until they are known. A class without a name is called by its index. */
	get classNames(): readonly string[] | undefined {
		return this.#learner.classifier.classNames;
	}

	/** Number of epochs that have begun. */
	get epoch(): number {
		return this.#learner.classifier.epoch;
	}

	/**
	 * Copies a data set into the engine's memory. The first labelled data set determines D and C if the options did not.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the field, and for bad data the row and the column; MemoryLimitError;
	 *   TrainerError with code OUT_OF_MEMORY
	 */
	upload(dataset: UnlabelledDataset): EngineDataset {
		this.#checkAlive();
		const { layout, inputs, labels } = readDataset(dataset, this.inputShape, false);
		return this.#learner.datasets.add(layout, (uploaded) => {
			uploaded.write(inputs.read(0, layout.count), labels?.read(0, layout.count));
		});
	}

	/**
	 * Trains, and returns when done. Callbacks are called but not awaited.
	 *
	 * @throws InvalidTypeError, InvalidValueError before anything has changed; BusyError when called from a callback of a
	 *   running `fit`; NonFiniteLossError; the signal's reason
	 */
	fit(dataset: Dataset | EngineDataset, options: FitOptions<Dataset | EngineDataset> = {}): History {
		this.#checkAlive();
		const settingsFrom = checkFitOptions(options);
		this.#checkIdle('fit');
		const settings = settingsFrom(this.epoch + 1);
		const { signal, validationData } = options;
		if (signal?.aborted) throw withHistory(signal.reason, this.#learner.createHistory());
		return this.#with(dataset, true, (training) => {
			const fit = (validation?: EngineDataset) => this.#drain(training, validation, settings, options);
			return validationData === undefined ? fit() : this.#with(validationData, true, fit);
		});
	}

	#drain(
		training: EngineDataset,
		validation: EngineDataset | undefined,
		settings: FitSettings,
		options: FitOptions<Dataset | EngineDataset>,
	): History {
		const history = this.#learner.createHistory();
		const { signal, onEpochEnd, onProgress } = options;
		const reporter = onProgress && new ProgressReporter(onProgress);
		this.#stopped = false;
		try {
			for (const step of this.#learner.train(training, validation, settings, history)) {
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

	/** Ends `fit` after the current batch. Call it from a callback of `fit`. */
	stop(): void {
		this.#stopped = true;
	}

	/**
	 * Mean loss and accuracy on a data set.
	 *
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known
	 */
	evaluate(dataset: Dataset | EngineDataset): Evaluation {
		this.#checkAlive();
		this.#learner.classifier.ready('evaluate');
		return this.#with(dataset, true, (uploaded) => this.#learner.evaluate(uploaded));
	}

	/**
	 * The most probable class of every sample, and all probabilities.
	 *
	 * @param inputs `[count · D]`, or one array `[D]` per sample; one sample alone is a typed array `[D]`
	 * @returns `count` classes, and probabilities `[count · C]`
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known
	 */
	predict(inputs: Inputs | UnlabelledDataset | EngineDataset, options: PredictOptions = {}): Prediction {
		this.#checkAlive();
		const topK = checkPredictOptions(options, this.#learner.classifier.ready('predict').classes);
		const dataset = inputs instanceof EngineDataset || isDataset(inputs) ? inputs : { inputs };
		const probabilities = this.#with(dataset, false, (uploaded) => this.#learner.predict(uploaded));
		return describePrediction(probabilities, this.classNames!, topK);
	}

	/**
	 * Copies of the parameters.
	 *
	 * @throws TrainerError with code NOT_READY before D and C are known
	 */
	getWeights(): Weights {
		this.#checkAlive();
		return this.#learner.classifier.getWeights();
	}

	/**
	 * Replaces the parameters.
	 *
	 * @throws InvalidTypeError, InvalidValueError if an array has another length or holds a value that is not finite;
	 *   TrainerError with code NOT_READY before D and C are known; BusyError while `fit` runs
	 */
	setWeights(weights: Weights): void {
		const { classifier } = this.#learner;
		this.#checkIdle('setWeights');
		classifier.ready('setWeights');
		checkWeights(weights, classifier.inputShape!, classifier.classNames!);
		classifier.setWeights(weights);
	}

	/**
	 * One step on a batch, outside of any epoch: for learning online.
	 *
	 * @returns loss and accuracy of the batch before the step, and the samples seen since the engine was created
	 * @throws what `upload` throws; BusyError while `fit` runs
	 */
	partialFit(batch: Dataset | EngineDataset, options: PartialFitOptions = {}): PartialFit {
		const settingsFrom = checkPartialFitOptions(options);
		this.#checkIdle('partialFit');
		const settings = settingsFrom(this.epoch + 1);
		return this.#with(batch, true, (uploaded) => this.#learner.step(uploaded, settings));
	}

	/**
	 * Computes the gradient of a batch at the present parameters. It changes nothing. Use it for your own optimizer, or to collect
	 * gradients from several machines. If a batch is cut into parts of 256 samples (the last part may be smaller), the sum of
	 * their gradients has the bits of the whole batch's gradient.
	 *
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known, or NON_FINITE_LOSS
	 */
	gradient(batch: Dataset | EngineDataset, options: GradientOptions = {}): Gradient {
		const settings = checkGradientOptions(options)(1);
		this.#checkIdle('gradient');
		this.#learner.classifier.ready('gradient');
		return this.#with(batch, true, (uploaded) => this.#learner.gradient(uploaded, settings));
	}

	/**
	 * Takes one step along the mean of gradients. They are added in the order given. `applyGradients(gradient(batch))` gives the
	 * same bits as `partialFit(batch)`.
	 *
	 * @returns mean loss and accuracy of the gradients' samples, and the samples seen since the engine was created
	 * @throws InvalidTypeError, InvalidValueError naming the gradient and the field at fault; NonFiniteLossError if a parameter
	 *   would not be finite. An error leaves everything unchanged
	 */
	applyGradients(gradients: Gradient | readonly Gradient[], options: UpdateOptions = {}): PartialFit {
		const settingsFrom = checkUpdateOptions(options);
		this.#checkIdle('applyGradients');
		this.#learner.classifier.ready('applyGradients');
		const checked = checkGradients(gradients, this.inputShape!, this.classNames!);
		return this.#learner.applyGradients(checked, settingsFrom(this.epoch + 1));
	}

	/**
	 * Keeps the weights of the classes that stay, draws new weights for new classes, and drops the others. Data sets that were
	 * uploaded before lose their labels.
	 *
	 * @param names 2 to 65,535 different names
	 * @throws InvalidTypeError, InvalidValueError naming the class at fault; TrainerError with code NOT_READY before the classes
	 *   are known; MemoryLimitError; BusyError while `fit` runs
	 */
	setClasses(names: readonly string[]): void {
		const checked = checkClassNames('classes', names);
		this.#checkIdle('setClasses');
		this.#learner.setClasses(checked);
	}

	/**
	 * Starts over: draws new weights, and counts epochs from 1 again. A seed that is given replaces the old one.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault; BusyError while `fit` runs
	 */
	reset(options: ResetOptions = {}): void {
		const seed = checkResetOptions(options);
		this.#checkIdle('reset');
		this.#learner.reset(seed);
	}

	/** How many steps the engine has taken, how many samples it has seen, and how much memory it takes. */
	stats(): Omit<Statistics, 'pendingCalls'> {
		this.#checkAlive();
		return this.#learner.stats();
	}

	/**
	 * Frees the engine's memory. Calling it again does nothing.
	 *
	 * @throws BusyError while `fit` runs
	 */
	dispose(): void {
		if (this.#disposed) return;
		this.#checkIdle('dispose');
		this.#disposed = true;
		this.#learner.free();
	}

	#checkAlive(): void {
		if (this.#disposed) throw new TrainerError('the engine was disposed', 'DISPOSED');
	}

	/** Throws a BusyError if `fit` runs, because the call would disturb it. */
	#checkIdle(call: string): void {
		this.#checkAlive();
		if (this.#learner.isFitting) throw new BusyError(call);
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
}
