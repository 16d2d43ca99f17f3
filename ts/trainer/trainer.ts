/** The asynchronous façade. It has the calls of `Engine`, and runs them in a worker of its own. */
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
 * A softmax classifier that trains in a worker. `createTrainer` creates it.
 *
 * Calls take effect in the order in which they are made, awaited or not. While `fit` runs, the calls that name a BusyError reject
 * with it, and the others are answered between two batches. If the worker ends unexpectedly, all calls that return a promise
 * reject with a WorkerCrashedError. After `dispose`, they reject with a TrainerError with code DISPOSED. `dispose` itself never
 * rejects.
 */
export class Trainer {
	readonly #connection: Connection;
	readonly #datasets: WorkerDatasets;
	readonly #lane = new Lane();
	/** `dispose` for `await using`. It exists only if the runtime has the symbol. */
	declare readonly [Symbol.asyncDispose]: () => Promise<void>;
	#fit: Fit | undefined;
	/** Resolves when the running `fit` has ended, with or without an error. */
	#fitEnded: Promise<unknown> | undefined;

	/** @internal */
	constructor(connection: Connection) {
		this.#connection = connection;
		this.#datasets = new WorkerDatasets(connection, (id) => this.#release(id));
	}

	/** The arithmetic in use. It can be `auto` until the first data set determines it. */
	get precision(): 'auto' | Precision {
		return this.#connection.description.precision;
	}

	/** Shape of a sample; undefined until it is known. */
	get inputShape(): readonly number[] | undefined {
		return this.#connection.description.inputShape;
	}

	/** Names of the classes; undefined until they are known. A class without a name is called by its index. */
	get classNames(): readonly string[] | undefined {
		return this.#connection.description.classNames;
	}

	/**
	 * Copies a data set into the worker. The first labelled data set determines D and C if the options did not. All later data sets
	 * must fit them.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the field, and for bad data the row and the column; MemoryLimitError;
	 *   TrainerError with code OUT_OF_MEMORY
	 */
	async upload(dataset: UnlabelledDataset): Promise<DatasetHandle> {
		return this.#inTurn(() => this.#datasets.upload(dataset));
	}

	/**
	 * Trains. The data set is sent to the worker once. A second `fit` continues where the first one ended.
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

	/** Ends a running `fit` after its current batch. Its promise resolves. */
	stop(): void {
		this.#fit?.end('stop');
	}

	/** Pauses a running `fit` after its current batch, until `resume`. Other calls are answered meanwhile. */
	pause(): void {
		this.#fit?.pause();
	}

	/** Continues a paused `fit`. The pause does not change the bits of the result. */
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
	 * Computes the gradient of a batch at the present parameters. It changes nothing. Use it for your own optimizer, or to collect
	 * gradients from several machines. If a batch is cut into parts of 256 samples (the last part may be smaller), the sum of
	 * their gradients has the bits of the whole batch's gradient.
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
	 * Takes one step along the mean of gradients. They are added in the order given. `applyGradients(await gradient(batch))` gives
	 * the same bits as `partialFit(batch)`.
	 *
	 * @returns mean loss and accuracy of the gradients' samples, and the samples seen so far
	 * @throws InvalidTypeError, InvalidValueError naming the gradient and the field at fault; NonFiniteLossError if a parameter
	 *   would not be finite; BusyError while `fit` runs. An error leaves everything unchanged
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
	 * Keeps the weights of the classes that stay, draws new weights for new classes, and drops the others. Data sets that were
	 * uploaded before lose their labels.
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
	 * Starts over: draws new weights, and counts epochs from 1 again. A seed that is given replaces the old one.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault; BusyError while `fit` runs
	 */
	async reset(options: ResetOptions = {}): Promise<void> {
		this.#checkIdle('reset');
		const seed = checkResetOptions(options);
		return this.#inTurn(() => this.#connection.call('reset', seed));
	}

	/** How many steps and samples there were, how many calls are waiting, and how much memory the kernel takes. */
	async stats(): Promise<Statistics> {
		const pendingCalls = this.#lane.length;
		const statistics = await this.#inTurn(() => this.#connection.call('stats'));
		return { ...statistics, pendingCalls };
	}

	/**
	 * Mean loss and accuracy on a data set. While `fit` runs, it uses the weights of that moment.
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
	 * The most probable class of every sample, and all probabilities. While `fit` runs, it uses the weights of that moment.
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
	 * Copies of the parameters. While `fit` runs, they are those of that moment.
	 *
	 * @throws TrainerError with code NOT_READY before D and C are known
	 */
	async getWeights(): Promise<Weights> {
		return this.#inTurn(() => this.#connection.call('getWeights'));
	}

	/**
	 * A copy of everything that a trainer needs to continue later, or elsewhere. While `fit` runs, it is the state of that moment.
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
	 * @throws InvalidTypeError, InvalidValueError if an array has another length or holds a value that is not finite;
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

	/** Ends the worker and frees its memory. Calls under way reject. Calling it again does nothing. */
	async dispose(): Promise<void> {
		this.#connection.close();
	}

	#release(id: number): Promise<void> {
		const release = () => this.#lane.run(() => this.#connection.call('release', id));
		return this.#fitEnded ? this.#fitEnded.then(release) : release();
	}

	/** Runs a call when its turn comes. Checks that depend on the model belong in the call, as earlier calls may change it. */
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
