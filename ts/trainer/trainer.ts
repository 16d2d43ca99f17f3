/** The asynchronous façade: the same verbs as `Engine`, in a worker of its own. */
import type { Remote } from 'comlink';
import { compileKernel } from '#wasm';
import type { WorkerApi } from '../../worker/api.js';
import { checkClassNames } from '../api/check.js';
import { BusyError, notReady, TrainerError, withHistory } from '../api/errors.js';
import {
	checkFitOptions,
	checkGradientOptions,
	checkPartialFitOptions,
	checkUpdateOptions,
} from '../api/fit-options.js';
import { describePrediction } from '../api/results.js';
import { onAbort } from '../api/signal.js';
import { checkGradients, checkState, checkWeights, optionsOf } from '../api/state.js';
import { checkPredictOptions, checkResetOptions, checkTrainerOptions } from '../api/trainer-options.js';
import type {
	DatasetStream,
	Evaluation,
	FitOptions,
	Gradient,
	GradientOptions,
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
	UpdateOptions,
	Weights,
} from '../api/types.js';
import { isDataset } from '../dataset/dataset.js';
import { isStream } from '../dataset/stream.js';
import { Connection } from './connection.js';
import { DatasetHandle, type TrainingData, WorkerDatasets } from './datasets.js';
import { Fit } from './fit.js';
import { SendingOrder } from './sending.js';
import { fitStream } from './stream-fit.js';

declare global {
	interface SymbolConstructor {
		readonly asyncDispose: unique symbol;
	}
}

/**
 * Creates a trainer and its worker.
 *
 * @throws InvalidTypeError, InvalidValueError naming the option at fault; TrainerError with code UNSUPPORTED where there is
 *   no WebAssembly SIMD; MemoryLimitError where the model alone exceeds `memoryLimit`; WorkerCrashedError where the worker
 *   does not start
 */
export async function createTrainer(options: TrainerOptions = {}): Promise<Trainer> {
	const settings = checkTrainerOptions(options);
	const module = await compileKernel();
	const connection = new Connection();
	try {
		await connection.update((api) => api.create(module, settings));
		return new Trainer(connection);
	} catch (error) {
		connection.close();
		throw error;
	}
}

/**
 * Creates a trainer that goes on where the one whose state it is was: with the same data and options, to the same bits.
 *
 * @throws InvalidTypeError, InvalidValueError naming the part of the state at fault; what `createTrainer` throws
 */
export async function restoreTrainer(state: TrainerState): Promise<Trainer> {
	const trainer = await createTrainer(optionsOf(state));
	try {
		await trainer.restoreState(state);
		return trainer;
	} catch (error) {
		await trainer.dispose();
		throw error;
	}
}

/**
 * A softmax classifier that trains in a worker; made by `createTrainer`.
 *
 * Besides what they name, all calls reject with WorkerCrashedError once the worker has ended, and with a TrainerError of code
 * DISPOSED after `dispose`.
 */
export class Trainer {
	readonly #connection: Connection;
	readonly #datasets: WorkerDatasets;
	/** `dispose`, for `await using`, where the runtime has the symbol. */
	declare readonly [Symbol.asyncDispose]: () => Promise<void>;
	#fit: Fit | undefined;
	/** Resolves when the running `fit` has ended, however it did. */
	#fitEnded: Promise<unknown> | undefined;
	readonly #batches = new SendingOrder();

	/** @internal */
	constructor(connection: Connection) {
		this.#connection = connection;
		this.#datasets = new WorkerDatasets(connection, () => this.#fitEnded);
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
	 * are read by what it settled, waited for or not.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the field, and for bad data the row and the column; MemoryLimitError;
	 *   TrainerError with code OUT_OF_MEMORY
	 */
	async upload(dataset: UnlabelledDataset): Promise<DatasetHandle> {
		this.#connection.check();
		return this.#datasets.upload(dataset);
	}

	/**
	 * Trains. Data crosses to the worker once; a second `fit` continues.
	 *
	 * @throws InvalidTypeError, InvalidValueError before anything has changed; BusyError while another `fit` runs;
	 *   NonFiniteLossError; WorkerCrashedError; the signal's reason; what a callback threw. What ends training carries
	 *   `history`, the epochs so far, and the trainer goes on working.
	 */
	async fit(dataset: TrainingData | DatasetStream, options: FitOptions<TrainingData> = {}): Promise<History> {
		const connection = this.#connection;
		connection.check();
		const settings = checkFitOptions(options, connection.description.epoch + 1);
		this.#checkIdle('fit');
		const { signal } = options;
		if (signal?.aborted) throw withHistory(signal.reason, connection.emptyHistory());
		const fit = new Fit(connection, this.#datasets, settings, options);
		let stopListening = () => {};
		this.#fit = fit;
		try {
			stopListening = onAbort(signal, () => fit.end('abort'));
			const run = this.#run(fit, dataset);
			this.#fitEnded = run.catch(() => {});
			return await run;
		} catch (error) {
			if (!(error instanceof TrainerError && error.code === 'ABORTED')) throw error;
			throw withHistory(fit.failure ? fit.failure.error : signal?.reason, error.history!);
		} finally {
			// Where the worker is gone, every call from now on will say so.
			await connection.update((api) => api.describe()).catch(() => {});
			fit.close();
			stopListening();
			this.#fit = undefined;
			this.#fitEnded = undefined;
		}
	}

	async #run(fit: Fit, dataset: TrainingData | DatasetStream): Promise<History> {
		if (isStream(dataset)) return fitStream(fit, dataset, (validationData) => this.evaluate(validationData));
		if (this.#batches.pending) await this.#batches.pending;
		return fit.run(dataset);
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
	 * One step on a batch, outside of any epoch: for learning online. Calls are carried out in their order.
	 *
	 * @returns loss and accuracy of the batch before the step, and the samples seen so far
	 * @throws what `upload` throws; BusyError while `fit` runs
	 */
	async partialFit(batch: TrainingData, options: PartialFitOptions = {}): Promise<PartialFit> {
		this.#connection.check();
		const settings = checkPartialFitOptions(options, this.#connection.description.epoch + 1);
		this.#checkIdle('partialFit');
		return this.#sendBatch(batch, (api, id) => api.partialFit(id, settings));
	}

	/**
	 * The gradient of a batch at the parameters as they are, which changes nothing: for an optimizer of one's own, or for
	 * gradients from several places. Parts that begin at multiples of 256 samples add up to the bits of the whole batch.
	 *
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known, or NON_FINITE_LOSS; BusyError
	 *   while `fit` runs
	 */
	async gradient(batch: TrainingData, options: GradientOptions = {}): Promise<Gradient> {
		this.#checkReady('gradient');
		const settings = checkGradientOptions(options);
		this.#checkIdle('gradient');
		return this.#sendBatch(batch, (api, id) => api.gradient(id, settings));
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
		const classNames = this.#checkReady('applyGradients');
		const settings = checkUpdateOptions(options, this.#connection.description.epoch + 1);
		this.#checkIdle('applyGradients');
		const checked = checkGradients(gradients, this.inputShape!, classNames);
		if (this.#batches.pending) await this.#batches.pending;
		return this.#connection.call((api) => api.applyGradients(checked, settings));
	}

	/** Sends a batch and a call on it, behind the batches of the calls before. */
	#sendBatch<T>(batch: TrainingData, call: (api: Remote<WorkerApi>, id: number) => Promise<T>): Promise<T> {
		return this.#batches.send((sent) => {
			return this.#datasets.use(batch, true, (id) => {
				const result = this.#connection.call((api) => call(api, id));
				sent();
				return result;
			});
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
		this.#checkReady('setClasses');
		const checked = checkClassNames('classes', names);
		this.#checkIdle('setClasses');
		await this.#connection.update((api) => api.setClasses(checked));
	}

	/**
	 * Begins anew, with another seed if one is given: new weights, epoch 1 next.
	 *
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault; BusyError while `fit` runs
	 */
	async reset(options: ResetOptions = {}): Promise<void> {
		this.#connection.check();
		const seed = checkResetOptions(options);
		this.#checkIdle('reset');
		await this.#connection.update((api) => api.reset(seed));
	}

	/** What the trainer has done, what waits, and how much memory the kernel takes. */
	async stats(): Promise<Statistics> {
		const pendingCalls = this.#connection.pendingCalls;
		return { ...(await this.#connection.call((api) => api.stats())), pendingCalls };
	}

	/**
	 * Mean loss and accuracy on a data set; also while `fit` runs, from the weights of that moment.
	 *
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known
	 */
	async evaluate(dataset: TrainingData): Promise<Evaluation> {
		this.#checkReady('evaluate');
		return this.#datasets.use(dataset, true, (id) => this.#connection.call((api) => api.evaluate(id)));
	}

	/**
	 * The most probable class of every sample, and all probabilities; also while `fit` runs.
	 *
	 * @param inputs `[count · D]`, or one array `[D]` per sample; one sample alone is a typed array `[D]`
	 * @returns `count` classes, and probabilities `[count · C]`
	 * @throws what `upload` throws; TrainerError with code NOT_READY before D and C are known
	 */
	async predict(inputs: Inputs | UnlabelledDataset | DatasetHandle, options: PredictOptions = {}): Promise<Prediction> {
		const classNames = this.#checkReady('predict');
		const topK = checkPredictOptions(options, classNames.length);
		const dataset = inputs instanceof DatasetHandle || isDataset(inputs) ? inputs : { inputs };
		const probabilities = await this.#datasets.use(dataset, false, (id) =>
			this.#connection.call((api) => api.predict(id)),
		);
		return describePrediction(probabilities, classNames, topK);
	}

	/**
	 * Copies of the parameters; also while `fit` runs, those of that moment.
	 *
	 * @throws TrainerError with code NOT_READY before D and C are known
	 */
	async getWeights(): Promise<Weights> {
		return this.#connection.call((api) => api.getWeights());
	}

	/**
	 * A copy of all that a trainer needs to go on later, elsewhere; also while `fit` runs, that of the moment.
	 *
	 * @throws TrainerError with code NOT_READY before D and C are known
	 */
	async getState(): Promise<TrainerState> {
		return this.#connection.call((api) => api.getState());
	}

	/** @internal */
	async restoreState(state: TrainerState): Promise<void> {
		checkState(state, this.inputShape!, this.classNames!);
		await this.#connection.update((api) => api.restoreState(state));
	}

	/**
	 * Replaces the parameters.
	 *
	 * @throws InvalidTypeError, InvalidValueError where an array has another length or holds a value that is not finite;
	 *   TrainerError with code NOT_READY before D and C are known; BusyError while `fit` runs
	 */
	async setWeights(weights: Weights): Promise<void> {
		this.#connection.check();
		this.#checkIdle('setWeights');
		const classNames = this.#checkReady('setWeights');
		checkWeights(weights, this.inputShape!, classNames);
		await this.#connection.call((api) => api.setWeights(weights));
	}

	/** Ends the worker and frees its memory. Calls under way are rejected; calling it again does nothing. */
	async dispose(): Promise<void> {
		this.#connection.close();
	}

	#checkReady(call: string): readonly string[] {
		this.#connection.check();
		if (!this.classNames) throw notReady(call);
		return this.classNames;
	}

	#checkIdle(call: string): void {
		if (this.#fit) throw new BusyError(call);
	}
}

if (Symbol.asyncDispose)
	Object.defineProperty(Trainer.prototype, Symbol.asyncDispose, { value: Trainer.prototype.dispose });
