/** The asynchronous façade: the same verbs as `Engine`, in a worker of its own. */
import { checkClassNames } from '../api/check.js';
import { BusyError, notReady, withHistory } from '../api/errors.js';
import {
	checkFitOptions,
	checkGradientOptions,
	checkPartialFitOptions,
	checkStreamOptions,
	checkUpdateOptions,
} from '../api/fit-options.js';
import type {
	FitOptions,
	GradientOptions,
	PartialFitOptions,
	PredictOptions,
	ResetOptions,
	UpdateOptions,
} from '../api/options.js';
import { describePrediction } from '../api/results.js';
import { onAbort } from '../api/signal.js';
import { checkGradients, checkState, checkWeights } from '../api/state.js';
import { checkPredictOptions, checkResetOptions } from '../api/trainer-options.js';
import type {
	DatasetStream,
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
import { isDataset } from '../dataset/dataset.js';
import { isStream } from '../dataset/stream.js';
import type { Connection } from './connection.js';
import { DatasetHandle, type Given, type TrainingData, WorkerDatasets } from './datasets.js';
import { Fit } from './fit.js';
import { Lane } from './lane.js';
import { trainOnStream } from './stream-fit.js';

declare global {
	interface SymbolConstructor {
		readonly asyncDispose: unique symbol;
	}
}

/**
 * A softmax classifier that trains in a worker; made by `createTrainer`.
 *
 * Calls take effect in the order they were made, awaited or not. While `fit` runs, those that read are answered between its
 * batches, and those that change the model are refused. Besides what they name, all calls reject with WorkerCrashedError once
 * the worker has ended, and with a TrainerError of code DISPOSED after `dispose`.
 */
export class Trainer {
	readonly #connection: Connection;
	readonly #datasets: WorkerDatasets;
	readonly #lane = new Lane();
	/** `dispose`, for `await using`, where the runtime has the symbol. */
	declare readonly [Symbol.asyncDispose]: () => Promise<void>;
	#fit: Fit | undefined;
	/** Resolves when the running `fit` has ended, however it did. */
	#fitEnded: Promise<unknown> | undefined;

	/** @internal */
	constructor(connection: Connection) {
		this.#connection = connection;
		this.#datasets = new WorkerDatasets(connection, (id) => this.#release(id));
	}

	/** The arithmetic in use; `auto` until the first data set has settled it. */
	get precision(): 'auto' | Precision {
		return this.#connection.description.precision;
	}

	/** Shape of a sample, once it is known. */
	get inputShape(): readonly number[] | undefined {
		return this.#connection.description.inputShape;
	}

	/** Names of the classes (their indices in digits where they have none), once they are known. */
	get classNames(): readonly string[] | undefined {
		return this.#connection.description.classNames;
	}

	/**
	 * Copies a data set into the worker. The first one with labels settles D and C where they were left open; those after it
	 * are read by what it settled.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the field, and for bad data the row and the column; MemoryLimitError;
	 *   TrainerError with code OUT_OF_MEMORY
	 */
	async upload(dataset: UnlabelledDataset): Promise<DatasetHandle> {
		return this.#inTurn(() => this.#datasets.upload(dataset));
	}

	/**
	 * Trains. Data crosses to the worker once; a second `fit` continues.
	 *
	 * @throws InvalidTypeError, InvalidValueError before anything has changed; BusyError while another `fit` runs;
	 *   NonFiniteLossError; the signal's reason; what a callback threw; what the source of a stream threw; WorkerCrashedError.
	 *   A NonFiniteLossError, the signal's reason and what a callback threw carry `history`, the epochs so far.
	 */
	async fit(dataset: TrainingData | DatasetStream, options: FitOptions<TrainingData> = {}): Promise<History> {
		this.#checkIdle('fit');
		const connection = this.#connection;
		const settingsFrom = isStream(dataset) ? checkStreamOptions(options) : checkFitOptions(options);
		const { signal, validationData } = options;
		if (signal?.aborted) throw withHistory(signal.reason, connection.emptyHistory());
		const given = isStream(dataset) ? dataset : this.#datasets.given(dataset);
		const validation = validationData === undefined ? undefined : this.#datasets.given(validationData);
		const fit = new Fit(connection, this.#datasets, this.#lane, options);
		const stopListening = onAbort(signal, () => fit.end('abort'));
		const validate = validation === undefined ? undefined : () => this.#evaluate(validation);
		const run = fit.run(() => {
			if (isStream(given)) return trainOnStream(fit, given, settingsFrom, validate);
			return fit.train(given, validation, settingsFrom(connection.description.epoch + 1), options.onEpochEnd);
		});
		this.#fit = fit;
		this.#fitEnded = run.catch(() => {});
		try {
			return await run;
		} finally {
			stopListening();
			this.#fit = undefined;
			this.#fitEnded = undefined;
		}
	}

	/** Lets a running `fit` resolve after its current batch. */
	stop(): void {
		this.#fit?.end('stop');
	}

	/** Lets a running `fit` rest after its current batch, until `resume`; other calls are answered meanwhile. */
	pause(): void {
		this.#fit?.pause();
	}

	/** Lets a paused `fit` go on; it ends with the bits it would have had without the rest. */
	resume(): void {
		this.#fit?.resume();
	}

	/**
	 * One step on a batch, outside of any epoch: for learning online.
	 *
	 * @returns loss and accuracy of the batch before the step, and the samples seen so far
	 * @throws what `upload` throws; BusyError while `fit` runs
	 */
	async partialFit(batch: TrainingData, options: PartialFitOptions = {}): Promise<PartialFit> {
		this.#checkIdle('partialFit');
		const settingsFrom = checkPartialFitOptions(options);
		const given = this.#datasets.given(batch);
		return this.#inTurn(() => {
			const settings = settingsFrom(this.#connection.description.epoch + 1);
			return this.#datasets.use(given, true, (source) => this.#connection.call('partialFit', source, settings));
		});
	}

	/**
	 * The gradient of a batch at the parameters as they are, which changes nothing: for an optimizer of one's own, or for
	 * gradients from several places. The gradients of parts of 256 samples, the last one of fewer, add up to the bits of the whole batch.
	 *
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known, or NON_FINITE_LOSS; BusyError
	 *   while `fit` runs
	 */
	async gradient(batch: TrainingData, options: GradientOptions = {}): Promise<Gradient> {
		this.#checkIdle('gradient');
		const settings = checkGradientOptions(options)(1);
		const given = this.#datasets.given(batch);
		return this.#inTurn(() => {
			this.#checkReady('gradient');
			return this.#datasets.use(given, true, (source) => this.#connection.call('gradient', source, settings));
		});
	}

	/**
	 * One step along the mean of gradients, which are added in their order: `applyGradients(await gradient(batch))` is
	 * `partialFit(batch)`, to the bit.
	 *
	 * @returns mean loss and accuracy of the gradients' samples, and the samples seen so far
	 * @throws InvalidTypeError, InvalidValueError naming the gradient and the field at fault; NonFiniteLossError where a parameter
	 *   would not be finite; BusyError while `fit` runs. Nothing has changed then
	 */
	async applyGradients(gradients: Gradient | readonly Gradient[], options: UpdateOptions = {}): Promise<PartialFit> {
		this.#checkIdle('applyGradients');
		const settingsFrom = checkUpdateOptions(options);
		return this.#inTurn(() => {
			const classNames = this.#checkReady('applyGradients');
			const checked = checkGradients(gradients, this.inputShape!, classNames);
			const settings = settingsFrom(this.#connection.description.epoch + 1);
			return this.#connection.call('applyGradients', checked, settings);
		});
	}

	/**
	 * Keeps what was learned of the classes that stay, begins anew with those that are new, and forgets the rest. Data sets
	 * uploaded before have no labels any more.
	 *
	 * @param names 2 to 65,535 different names
	 * @throws InvalidTypeError, InvalidValueError naming the class at fault; TrainerError with code NOT_READY before the classes
	 *   are known; MemoryLimitError; BusyError while `fit` runs
	 */
	async setClasses(names: readonly string[]): Promise<void> {
		this.#checkIdle('setClasses');
		const checked = checkClassNames('classes', names);
		return this.#inTurn(() => this.#connection.call('setClasses', checked));
	}

	/**
	 * Begins anew, with another seed if one is given: new weights, epoch 1 next.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault; BusyError while `fit` runs
	 */
	async reset(options: ResetOptions = {}): Promise<void> {
		this.#checkIdle('reset');
		const seed = checkResetOptions(options);
		return this.#inTurn(() => this.#connection.call('reset', seed));
	}

	/** What the trainer has done, what waits, and how much memory the kernel takes. */
	async stats(): Promise<Statistics> {
		const pendingCalls = this.#lane.length;
		const statistics = await this.#inTurn(() => this.#connection.call('stats'));
		return { ...statistics, pendingCalls };
	}

	/**
	 * Mean loss and accuracy on a data set; also while `fit` runs, from the weights of that moment.
	 *
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known
	 */
	async evaluate(dataset: TrainingData): Promise<Evaluation> {
		this.#connection.check();
		return this.#evaluate(this.#datasets.given(dataset));
	}

	#evaluate(given: Given): Promise<Evaluation> {
		return this.#inTurn(() => {
			this.#checkReady('evaluate');
			return this.#datasets.use(given, true, (source) => this.#connection.call('evaluate', source));
		});
	}

	/**
	 * The most probable class of every sample, and all probabilities; also while `fit` runs.
	 *
	 * @param inputs `[count · D]`, or one array `[D]` per sample; one sample alone is a typed array `[D]`
	 * @returns `count` classes, and probabilities `[count · C]`
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known
	 */
	async predict(inputs: Inputs | UnlabelledDataset | DatasetHandle, options: PredictOptions = {}): Promise<Prediction> {
		this.#connection.check();
		const dataset = inputs instanceof DatasetHandle || isDataset(inputs) ? inputs : { inputs };
		const given = this.#datasets.given(dataset);
		return this.#inTurn(async () => {
			const topK = checkPredictOptions(options, this.#checkReady('predict').length);
			const probabilities = await this.#datasets.use(given, false, (source) => {
				return this.#connection.call('predict', source);
			});
			return describePrediction(probabilities, this.classNames!, topK);
		});
	}

	/**
	 * Copies of the parameters; also while `fit` runs, those of that moment.
	 *
	 * @throws TrainerError with code NOT_READY before D and C are known
	 */
	async getWeights(): Promise<Weights> {
		return this.#inTurn(() => this.#connection.call('getWeights'));
	}

	/**
	 * A copy of all that a trainer needs to go on later, elsewhere; also while `fit` runs, that of the moment.
	 *
	 * @throws TrainerError with code NOT_READY before D and C are known
	 */
	async getState(): Promise<TrainerState> {
		return this.#inTurn(() => this.#connection.call('getState'));
	}

	/** @internal */
	async restoreState(state: TrainerState): Promise<void> {
		checkState(state, this.inputShape!, this.classNames!);
		await this.#inTurn(() => this.#connection.call('restoreState', state));
	}

	/**
	 * Replaces the parameters.
	 *
	 * @throws InvalidTypeError, InvalidValueError where an array has another length or holds a value that is not finite;
	 *   TrainerError with code NOT_READY before D and C are known; BusyError while `fit` runs
	 */
	async setWeights(weights: Weights): Promise<void> {
		this.#checkIdle('setWeights');
		return this.#inTurn(() => {
			const classNames = this.#checkReady('setWeights');
			checkWeights(weights, this.inputShape!, classNames);
			return this.#connection.call('setWeights', weights);
		});
	}

	/** Ends the worker and frees its memory. Calls under way are rejected; calling it again does nothing. */
	async dispose(): Promise<void> {
		this.#connection.close();
	}

	#release(id: number): Promise<void> {
		const release = () => this.#lane.run(() => this.#connection.call('release', id));
		return this.#fitEnded ? this.#fitEnded.then(release) : release();
	}

	/** Runs a call in its turn. What depends on the model is checked then, when all calls before have been answered. */
	async #inTurn<T>(call: () => Promise<T>): Promise<T> {
		this.#connection.check();
		return this.#lane.run(async () => call());
	}

	#checkReady(call: string): readonly string[] {
		const { inputShape, classNames } = this.#connection.description;
		if (!inputShape || !classNames) throw notReady(call);
		return classNames;
	}

	#checkIdle(call: string): void {
		this.#connection.check();
		if (this.#fit) throw new BusyError(call);
	}
}

if (Symbol.asyncDispose)
	Object.defineProperty(Trainer.prototype, Symbol.asyncDispose, { value: Trainer.prototype.dispose });
