/** The one object that the worker exposes. It paces training, so that calls and aborts get in between batches. */
import { type ProxyMethods, releaseProxy, transfer } from 'comlink';
import type { DatasetLayout } from '../ts/dataset.js';
import { Engine, type EngineDataset } from '../ts/engine.js';
import { TrainerError } from '../ts/errors.js';
import type { FitSettings } from '../ts/fit-settings.js';
import type {
	EpochLog,
	Evaluation,
	History,
	Labels,
	PartialFit,
	PartialFitOptions,
	Precision,
	Progress,
	ResetOptions,
	TrainerOptions,
	TrainerState,
	Weights,
} from '../ts/options.js';
import { ProgressReporter } from '../ts/reporter.js';
import { installErrorTransfer } from '../ts/transfer.js';
import type { Upload } from '../ts/upload.js';

/** Longest stretch of training between two looks at the messages; one batch may take longer. */
const STRETCH_MILLISECONDS = 12;

/** What a trainer shows of itself without asking. */
export interface Description {
	inputShape?: readonly number[];
	classNames?: readonly string[];
	precision: 'auto' | Precision;
	/** Epochs begun so far. */
	epoch: number;
}

/** Callbacks on the other side. */
export type RemoteCallback<T> = ((value: T) => Promise<unknown>) & Partial<ProxyMethods>;

/** Datasets are numbered by the caller, which therefore need not wait for one message before it sends the next. */
export class WorkerApi {
	readonly #nextTask: () => Promise<unknown>;
	#engine: Engine | undefined;
	readonly #uploads = new Map<number, Upload>();
	readonly #datasets = new Map<number, EngineDataset>();
	#ending: 'stop' | 'abort' | undefined;
	/** While paused: resolves `#paused`. */
	#resume: (() => void) | undefined;
	#paused: Promise<void> | undefined;

	/** @param nextTask resolves after the messages that wait now */
	constructor(nextTask: () => Promise<unknown>) {
		this.#nextTask = nextTask;
	}

	async create(module: WebAssembly.Module, options: TrainerOptions): Promise<Description> {
		this.#engine = await Engine.create(options, module);
		return this.describe();
	}

	beginUpload(id: number, layout: DatasetLayout): void {
		this.#uploads.set(id, this.#getEngine().beginUpload(layout));
	}

	writeUpload(id: number, inputs: Uint8Array | Float32Array, labels: Labels | undefined): void {
		this.#uploads.get(id)?.write(inputs, labels);
	}

	finishUpload(id: number): Description {
		const upload = this.#uploads.get(id);
		if (!upload) throw new TrainerError('the upload was not begun', 'NOT_READY');
		this.#uploads.delete(id);
		this.#datasets.set(id, this.#getEngine().finishUpload(upload));
		return this.describe();
	}

	/** Frees a data set, or an upload that was broken off. */
	release(id: number): void {
		const upload = this.#uploads.get(id);
		if (upload) this.#getEngine().cancelUpload(upload);
		this.#datasets.get(id)?.release();
		this.#uploads.delete(id);
		this.#datasets.delete(id);
	}

	async fit(
		id: number,
		validationId: number | undefined,
		settings: FitSettings,
		onEpochEnd: RemoteCallback<EpochLog> | undefined,
		onProgress: RemoteCallback<Progress> | undefined,
	): Promise<History> {
		this.#ending = undefined;
		try {
			return await this.#train(id, validationId, settings, onEpochEnd, onProgress);
		} finally {
			this.resume();
			// A callback's port would keep the caller's process alive.
			onEpochEnd?.[releaseProxy]?.();
			onProgress?.[releaseProxy]?.();
		}
	}

	async #train(
		id: number,
		validationId: number | undefined,
		settings: FitSettings,
		onEpochEnd: RemoteCallback<EpochLog> | undefined,
		onProgress: RemoteCallback<Progress> | undefined,
	): Promise<History> {
		const engine = this.#getEngine();
		const history = engine.createHistory();
		const validation = validationId === undefined ? undefined : this.#dataset(validationId);
		// Reports travel on a port of their own: they are waited for where their place among other messages matters.
		let reported: Promise<unknown> | undefined;
		const reporter =
			onProgress &&
			new ProgressReporter((progress) => {
				reported = onProgress(progress);
			});
		let stretchBegan = performance.now();
		for (const step of engine.train(this.#dataset(id), validation, settings, history)) {
			reporter?.add(step);
			if (step.log && onEpochEnd) {
				reporter?.flush();
				await reported;
				await onEpochEnd(step.log);
			}
			if (performance.now() - stretchBegan >= STRETCH_MILLISECONDS) {
				await this.#nextTask();
				stretchBegan = performance.now();
			}
			if (!this.#ending) await this.#paused;
			if (this.#ending === 'abort') throw new TrainerError('training was aborted', 'ABORTED', { history });
			if (this.#ending === 'stop') {
				history.stoppedBy = 'stop';
				break;
			}
		}
		reporter?.flush();
		await reported;
		return history;
	}

	/** Ends a running `fit` after its current batch. */
	end(how: 'stop' | 'abort'): void {
		this.#ending = how;
		this.resume();
	}

	/** Lets a running `fit` rest after its current batch. */
	pause(): void {
		this.#paused ??= new Promise((resolve) => {
			this.#resume = resolve;
		});
	}

	/** Lets it go on. */
	resume(): void {
		this.#resume?.();
		this.#paused = undefined;
	}

	partialFit(id: number, options: PartialFitOptions): PartialFit {
		return this.#getEngine().partialFit(this.#dataset(id), options);
	}

	setClasses(names: readonly string[]): Description {
		this.#getEngine().setClasses(names);
		return this.describe();
	}

	reset(options: ResetOptions): Description {
		this.#getEngine().reset(options);
		return this.describe();
	}

	stats(): ReturnType<Engine['stats']> {
		return this.#getEngine().stats();
	}

	evaluate(id: number): Evaluation {
		return this.#getEngine().evaluate(this.#dataset(id));
	}

	predict(id: number): Float32Array {
		const probabilities = this.#getEngine().probabilities(this.#dataset(id));
		return transfer(probabilities, [probabilities.buffer]);
	}

	getWeights(): Weights {
		const { weight, bias } = this.#getEngine().getWeights();
		return transfer({ weight, bias }, [weight.buffer, bias.buffer]);
	}

	getState(): TrainerState {
		return this.#getEngine().getState();
	}

	restoreState(state: TrainerState): Description {
		this.#getEngine().restoreState(state);
		return this.describe();
	}

	setWeights(weights: Weights): void {
		this.#getEngine().setWeights(weights);
	}

	describe(): Description {
		const { inputShape, classNames, precision, epoch } = this.#getEngine();
		return { inputShape, classNames, precision, epoch };
	}

	#getEngine(): Engine {
		if (!this.#engine) throw new TrainerError('the worker has no engine yet', 'NOT_READY');
		return this.#engine;
	}

	#dataset(id: number): EngineDataset {
		const dataset = this.#datasets.get(id);
		if (!dataset) throw new TrainerError('the data set was not uploaded or was released', 'NOT_READY');
		return dataset;
	}
}

installErrorTransfer();
