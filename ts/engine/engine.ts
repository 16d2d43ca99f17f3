/** The synchronous façade: owns the kernel's memory. For workers of the caller's own; `Trainer` runs one in ours. */
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
 * A softmax classifier that trains in the thread that calls it. Besides what they name, all calls throw a TrainerError of code
 * DISPOSED after `dispose`.
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
	 * @param module the kernel as a WebAssembly.Module, where it was compiled elsewhere
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault; TrainerError with code UNSUPPORTED where there is
	 *   no WebAssembly SIMD; MemoryLimitError where the model alone exceeds `memoryLimit`
	 */
	static async create(options: TrainerOptions = {}, module?: object): Promise<Engine> {
		const settings = checkTrainerOptions(options);
		const compiled = (module as WebAssembly.Module | undefined) ?? (await compileKernel());
		return new Engine(await Learner.create(compiled, settings));
	}

	/**
	 * An engine that goes on where the one whose state it is was.
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
	 * A copy of all that the engine needs to go on later, elsewhere: with the same data and options, to the same bits.
	 *
	 * @throws TrainerError with code NOT_READY before D and C are known
	 */
	getState(): TrainerState {
		this.#checkAlive();
		return this.#learner.classifier.keepState();
	}

	/** The arithmetic in use; `auto` until the first data set has settled it. */
	get precision(): 'auto' | Precision {
		return this.#learner.classifier.precision;
	}

	/** Shape of a sample, once it is known. */
	get inputShape(): readonly number[] | undefined {
		return this.#learner.classifier.inputShape;
	}

	/** Names of the classes (their indices in digits where they have none), once they are known. */
	get classNames(): readonly string[] | undefined {
		return this.#learner.classifier.classNames;
	}

	/** Epochs begun so far. */
	get epoch(): number {
		return this.#learner.classifier.epoch;
	}

	/**
	 * Copies a data set into the engine's memory. The first one with labels settles D and C where they were left open.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the field, and for bad data the row and the column; MemoryLimitError;
	 *   TrainerError with code OUT_OF_MEMORY
	 */
	upload(dataset: UnlabelledDataset): EngineDataset {
		this.#checkAlive();
		const { layout, inputs, labels } = readDataset(dataset, this.inputShape, false);
		const uploaded = this.#learner.datasets.begin(layout);
		try {
			uploaded.write(inputs.read(0, layout.count), labels?.read(0, layout.count));
		} catch (error) {
			uploaded.release();
			throw error;
		}
		this.#learner.datasets.finish(uploaded);
		return uploaded;
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

	/** Called from a callback of `fit`: ends it after the current batch. */
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
	 * @throws InvalidTypeError, InvalidValueError where an array has another length or holds a value that is not finite;
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
	 * The gradient of a batch at the parameters as they are, which changes nothing: for an optimizer of one's own, or for
	 * gradients from several places. The gradients of parts of 256 samples, the last one of fewer, add up to the bits of the whole batch.
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
	 * One step along the mean of gradients, which are added in their order: `applyGradients(gradient(batch))` is
	 * `partialFit(batch)`, to the bit.
	 *
	 * @returns mean loss and accuracy of the gradients' samples, and the samples seen since the engine was created
	 * @throws InvalidTypeError, InvalidValueError naming the gradient and the field at fault; NonFiniteLossError where a parameter
	 *   would not be finite. Nothing has changed then
	 */
	applyGradients(gradients: Gradient | readonly Gradient[], options: UpdateOptions = {}): PartialFit {
		const settingsFrom = checkUpdateOptions(options);
		this.#checkIdle('applyGradients');
		this.#learner.classifier.ready('applyGradients');
		const checked = checkGradients(gradients, this.inputShape!, this.classNames!);
		return this.#learner.applyGradients(checked, settingsFrom(this.epoch + 1));
	}

	/**
	 * Keeps what was learned of the classes that stay, begins anew with those that are new, and forgets the rest.
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
	 * Begins anew, with another seed if one is given: new weights, epoch 1 next.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault; BusyError while `fit` runs
	 */
	reset(options: ResetOptions = {}): void {
		const seed = checkResetOptions(options);
		this.#checkIdle('reset');
		this.#learner.reset(seed);
	}

	/** What the engine has done and how much memory it takes. */
	stats(): Omit<Statistics, 'pendingCalls'> {
		this.#checkAlive();
		return this.#learner.stats();
	}

	/**
	 * Frees the engine's memory; every later call throws. Calling it again does nothing.
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

	/** Refuses a call that would disturb a running `fit`. */
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
