/** The asynchronous façade: the same verbs as `Engine`, in a worker of its own. */

import { proxy } from 'comlink';
import { compileKernel } from '#wasm';
import type { Description } from '../worker/api.js';
import { checkClassNames } from './check.js';
import { Connection } from './connection.js';
import { isDataset, type ReadableDataset, readDataset } from './dataset.js';
import { BusyError, InvalidValueError, notReady, TrainerError } from './errors.js';
import { checkFitOptions, checkPartialFitOptions, checkStreamSettings, type FitSettings } from './fit-settings.js';
import { DatasetHandle } from './handle.js';
import { withHistory } from './history.js';
import type {
	Dataset,
	DatasetStream,
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
import { sendDataset } from './send.js';
import { SendingOrder } from './sending-order.js';
import { checkPredictOptions, checkTrainerOptions } from './settings.js';
import { optionsOf } from './state.js';
import { isStream, windowsOf } from './stream.js';
import { StreamEpoch } from './stream-epoch.js';

declare global {
	interface SymbolConstructor {
		readonly asyncDispose: unique symbol;
	}
}

type TrainingData = Dataset | DatasetHandle;
type FitData = TrainingData | DatasetStream;

/** A `fit` under way, as its caller's side sees it. */
interface RunningFit {
	ending?: 'stop' | 'abort';
	/** Whether `pause` was ever called. */
	paused?: boolean;
	/** What a callback threw. */
	failure?: { error: unknown };
	/** Resolves when the worker knows of the last stop, abort, pause or resume. */
	told?: Promise<unknown>;
	/** Resolves when it has ended, however it did. */
	ended?: Promise<unknown>;
}

/**
 * Creates a trainer and its worker.
 *
 * @throws InvalidTypeError, InvalidValueError naming the option at fault
 */
export async function createTrainer(options: TrainerOptions = {}): Promise<Trainer> {
	checkTrainerOptions(options);
	const module = await compileKernel();
	const connection = new Connection();
	try {
		const description = await connection.call((api) => api.create(module, options));
		return new Trainer(connection, description);
	} catch (error) {
		connection.close();
		throw error;
	}
}

/**
 * Creates a trainer that goes on where the one whose state it is was: with the same data and options, to the same bits.
 *
 * @throws InvalidTypeError, InvalidValueError naming the part of the state at fault
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

/** A softmax classifier that trains in a worker; made by `createTrainer`. */
export class Trainer {
	readonly #connection: Connection;
	readonly #handles = new WeakSet<DatasetHandle>();
	/** `dispose`, for `await using`, where the runtime has the symbol. */
	declare readonly [Symbol.asyncDispose]: () => Promise<void>;
	#description: Description;
	#fit: RunningFit | undefined;
	#nextId = 0;
	readonly #batches = new SendingOrder();

	/** @internal */
	constructor(connection: Connection, description: Description) {
		this.#connection = connection;
		this.#description = description;
	}

	/** The arithmetic in use; `auto` until the first data set has settled it. */
	get precision(): 'auto' | Precision {
		return this.#description.precision;
	}

	/** Shape of a sample, once it is known. */
	get inputShape(): readonly number[] | undefined {
		return this.#description.inputShape;
	}

	/** Names of the classes (their indices in digits where they have none), once they are known. */
	get classNames(): readonly string[] | undefined {
		return this.#description.classNames;
	}

	/** Copies a data set into the worker. The first one with labels settles D and C where they were left open. */
	async upload(dataset: UnlabelledDataset): Promise<DatasetHandle> {
		this.#connection.check();
		const readable = readDataset(dataset, this.inputShape, false);
		const handle = this.#createHandle(readable.layout.count);
		try {
			await this.#send(handle.id, readable);
		} catch (error) {
			handle.release().catch(() => {});
			throw error;
		}
		return handle;
	}

	/**
	 * Trains. Data crosses to the worker once; a second `fit` continues.
	 *
	 * @throws InvalidTypeError, InvalidValueError before anything has changed; BusyError while another `fit` runs;
	 *   NonFiniteLossError; WorkerCrashedError; the signal's reason; what a callback threw. What ends training carries
	 *   `history`, the epochs so far, and the trainer goes on working.
	 */
	async fit(dataset: FitData, options: FitOptions<TrainingData> = {}): Promise<History> {
		this.#connection.check();
		const settings = checkFitOptions(options, this.#description.epoch + 1);
		if (this.#fit) throw new BusyError('fit');
		const { signal } = options;
		if (signal?.aborted) throw withHistory(signal.reason, this.#emptyHistory());
		const running: RunningFit = {};
		const abort = () => this.#endFit(running, 'abort');
		this.#fit = running;
		signal?.addEventListener('abort', abort);
		try {
			const run = this.#runFit(running, dataset, settings, options);
			running.ended = run.catch(() => {});
			return await run;
		} catch (error) {
			if (!(error instanceof TrainerError && error.code === 'ABORTED')) throw error;
			throw withHistory(running.failure ? running.failure.error : signal?.reason, error.history!);
		} finally {
			await this.#refresh();
			// A pause may get to the worker after the fit that it was meant for.
			if (running.paused) this.#fit.told = this.#connection.call((api) => api.resume()).catch(() => {});
			signal?.removeEventListener('abort', abort);
			this.#fit = undefined;
		}
	}

	async #runFit(
		running: RunningFit,
		dataset: FitData,
		settings: FitSettings,
		options: FitOptions<TrainingData>,
	): Promise<History> {
		if (isStream(dataset)) return this.#runStream(running, dataset, settings, options);
		const { validationData } = options;
		const borrowed: DatasetHandle[] = [];
		try {
			if (this.#batches.pending) await this.#batches.pending;
			const training = await this.#borrow(dataset, borrowed, running);
			const validation = validationData && (await this.#borrow(validationData, borrowed, running));
			if (running.ending === 'abort') throw new TrainerError('aborted', 'ABORTED', { history: this.#emptyHistory() });
			if (running.ending === 'stop') return { ...this.#emptyHistory(), stoppedBy: 'stop' };
			const onEpochEnd = this.#guard(running, options.onEpochEnd, true);
			const onProgress = this.#guard(running, options.onProgress, false);
			const history = await this.#connection.call((api) =>
				api.fit(training.id, validation?.id, settings, onEpochEnd, onProgress),
			);
			if (running.failure) throw new TrainerError('a callback threw', 'ABORTED', { history });
			return history;
		} finally {
			for (const handle of borrowed) handle.release().catch(() => {});
		}
	}

	/** One pass over a stream, window by window; the source waits while the worker trains. */
	async #runStream(
		running: RunningFit,
		stream: DatasetStream,
		settings: FitSettings,
		options: FitOptions<TrainingData>,
	): Promise<History> {
		const checked = checkStreamSettings(settings, options.epochs);
		const epoch = new StreamEpoch(this.#description.epoch + 1);
		for await (const window of windowsOf(stream, settings.shuffleBuffer, this.inputShape)) {
			if (running.ending) break;
			const { count, ...dataset } = window;
			const history = await this.#runWindow(running, dataset, { ...checked, window: epoch.windows }, options);
			epoch.add(history, count);
		}
		if (running.ending === 'abort') throw new TrainerError('aborted', 'ABORTED', { history: this.#emptyHistory() });
		if (running.ending === 'stop') return { ...this.#emptyHistory(), stoppedBy: 'stop' };
		const validation = options.validationData && (await this.evaluate(options.validationData));
		const log = epoch.end(validation);
		const history = { ...this.#emptyHistory(), epochs: [log] };
		try {
			await options.onEpochEnd?.(log);
		} catch (error) {
			throw withHistory(error, history);
		}
		return history;
	}

	async #runWindow(
		running: RunningFit,
		window: Dataset,
		settings: FitSettings,
		options: FitOptions<TrainingData>,
	): Promise<History> {
		const borrowed: DatasetHandle[] = [];
		try {
			const { id } = await this.#borrow(window, borrowed, running);
			// Ended while it was sent: not all of it arrived.
			if (running.ending) return this.#emptyHistory();
			const onProgress = this.#guard(running, options.onProgress, false);
			return await this.#connection.call((api) => api.fit(id, undefined, settings, undefined, onProgress));
		} finally {
			// Not by their own release, which waits for the end of the fit.
			for (const { id } of borrowed) this.#connection.call((api) => api.release(id)).catch(() => {});
		}
	}

	/** A callback whose errors end the training instead of getting lost on the way. */
	#guard<T>(running: RunningFit, callback: ((value: T) => unknown) | undefined, awaited: boolean) {
		if (!callback) return undefined;
		return proxy(async (value: T) => {
			const called = (async () => callback(value))().catch((error: unknown) => {
				running.failure ??= { error };
				this.#endFit(running, 'abort');
			});
			if (!awaited) return;
			await called;
			// The answer travels on a port of its own: it must not overtake a stop, an abort or a pause.
			await running.told;
		});
	}

	#endFit(running: RunningFit, how: 'stop' | 'abort'): void {
		if (running.ending === 'abort' || running !== this.#fit) return;
		running.ending = how;
		running.told = this.#connection.call((api) => api.end(how)).catch(() => {});
	}

	/** Learns what `fit` left behind, however it ended. */
	async #refresh(): Promise<void> {
		try {
			this.#description = await this.#connection.call((api) => api.describe());
		} catch {
			// The worker is gone, which every call from now on will say.
		}
	}

	#emptyHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.precision };
	}

	/** Lets a running `fit` resolve after its current batch. */
	stop(): void {
		if (this.#fit) this.#endFit(this.#fit, 'stop');
	}

	/** Lets a running `fit` rest after its current batch, until `resume`; other calls are answered meanwhile. */
	pause(): void {
		if (!this.#fit) return;
		this.#fit.paused = true;
		this.#fit.told = this.#connection.call((api) => api.pause()).catch(() => {});
	}

	/** Lets a paused `fit` go on; it ends with the bits it would have had without the rest. */
	resume(): void {
		if (this.#fit) this.#fit.told = this.#connection.call((api) => api.resume()).catch(() => {});
	}

	/**
	 * One step on a batch, outside of any epoch: for learning online. Calls are carried out in their order. Refused with
	 * BusyError while `fit` runs.
	 *
	 * @returns loss and accuracy of the batch before the step, and the samples seen so far
	 */
	async partialFit(batch: TrainingData, options: PartialFitOptions = {}): Promise<PartialFit> {
		this.#connection.check();
		const { rate } = checkPartialFitOptions(options, this.#description.epoch + 1);
		if (this.#fit) throw new BusyError('partialFit');
		// Functions do not cross; of one step there is but one rate to ask for.
		const crossing = rate.kind === 'epochs' ? { ...options, learningRate: rate.rates[0] } : options;
		return this.#batches.send((sent) => {
			return this.#using(batch, true, (id) => {
				const result = this.#connection.call((api) => api.partialFit(id, crossing));
				sent();
				return result;
			});
		});
	}

	/**
	 * Keeps what was learned of the classes that stay, begins anew with those that are new, and forgets the rest. Data sets
	 * uploaded before have no labels any more. Refused with BusyError while `fit` runs.
	 */
	async setClasses(names: readonly string[]): Promise<void> {
		this.#checkReady('setClasses');
		const checked = checkClassNames('classes', names);
		if (this.#fit) throw new BusyError('setClasses');
		this.#description = await this.#connection.call((api) => api.setClasses(checked));
	}

	/** Begins anew, with another seed if one is given: new weights, epoch 1 next. Refused with BusyError while `fit` runs. */
	async reset(options: ResetOptions = {}): Promise<void> {
		this.#connection.check();
		if (this.#fit) throw new BusyError('reset');
		this.#description = await this.#connection.call((api) => api.reset(options));
	}

	/** What the trainer has done, what waits, and how much memory the kernel takes. */
	async stats(): Promise<Statistics> {
		const pendingCalls = this.#connection.pendingCalls;
		return { ...(await this.#connection.call((api) => api.stats())), pendingCalls };
	}

	/** Mean loss and accuracy on a data set; also while `fit` runs, from the weights of that moment. */
	async evaluate(dataset: TrainingData): Promise<Evaluation> {
		this.#checkReady('evaluate');
		return this.#using(dataset, true, (id) => this.#connection.call((api) => api.evaluate(id)));
	}

	/** The most probable class of every sample, and all probabilities; also while `fit` runs. */
	async predict(inputs: Inputs | UnlabelledDataset | DatasetHandle, options: PredictOptions = {}): Promise<Prediction> {
		const classNames = this.#checkReady('predict');
		const topK = checkPredictOptions(options, classNames.length);
		const dataset = inputs instanceof DatasetHandle || isDataset(inputs) ? inputs : { inputs };
		const probabilities = await this.#using(dataset, false, (id) => this.#connection.call((api) => api.predict(id)));
		return describePrediction(probabilities, classNames, topK);
	}

	/** Copies of the parameters; also while `fit` runs, those of that moment. */
	async getWeights(): Promise<Weights> {
		return this.#connection.call((api) => api.getWeights());
	}

	/** A copy of all that a trainer needs to go on later, elsewhere; also while `fit` runs, that of the moment. */
	async getState(): Promise<TrainerState> {
		return this.#connection.call((api) => api.getState());
	}

	/** @internal */
	async restoreState(state: TrainerState): Promise<void> {
		this.#description = await this.#connection.call((api) => api.restoreState(state));
	}

	/** Replaces the parameters. Refused with BusyError while `fit` runs. */
	async setWeights(weights: Weights): Promise<void> {
		this.#connection.check();
		if (this.#fit) throw new BusyError('setWeights');
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

	/** Runs a call on a data set that is in the worker, or is sent there just for it. */
	async #using<T>(
		dataset: UnlabelledDataset | DatasetHandle,
		labelled: boolean,
		use: (id: number) => Promise<T>,
	): Promise<T> {
		if (dataset instanceof DatasetHandle) return use(this.#check(dataset).id);
		const readable = readDataset(dataset, this.inputShape, labelled);
		const handle = this.#createHandle(readable.layout.count);
		try {
			return await this.#send(handle.id, readable, undefined, () => use(handle.id));
		} finally {
			handle.release().catch(() => {});
		}
	}

	async #borrow(dataset: TrainingData, borrowed: DatasetHandle[], running: RunningFit): Promise<DatasetHandle> {
		if (dataset instanceof DatasetHandle) return this.#check(dataset);
		const readable = readDataset(dataset, this.inputShape, true);
		const handle = this.#createHandle(readable.layout.count);
		borrowed.push(handle);
		await this.#send(handle.id, readable, running);
		return handle;
	}

	async #send<T>(
		id: number,
		readable: ReadableDataset,
		running?: RunningFit,
		next: () => Promise<T | undefined> = async () => undefined,
	): Promise<T> {
		const isEnded = () => running?.ending !== undefined;
		const { description, result } = await sendDataset(this.#connection, id, readable, isEnded, next);
		if (description) this.#description = description;
		return result as T;
	}

	#createHandle(count: number): DatasetHandle {
		const id = this.#nextId++;
		const handle = new DatasetHandle(id, count, async () => {
			await this.#fit?.ended;
			await this.#connection.call((api) => api.release(id));
		});
		this.#handles.add(handle);
		return handle;
	}

	#check(handle: DatasetHandle): DatasetHandle {
		if (this.#handles.has(handle) && !handle.isReleased) return handle;
		const got = handle.isReleased ? 'a released one' : "another trainer's";
		throw new InvalidValueError({ field: 'dataset', expected: 'a data set of this trainer', got });
	}
}

if (Symbol.asyncDispose)
	Object.defineProperty(Trainer.prototype, Symbol.asyncDispose, { value: Trainer.prototype.dispose });
