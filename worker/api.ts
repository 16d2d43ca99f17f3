/** The one object that the worker exposes. It paces training, so that calls and aborts get in between batches. */
import { type ProxyMethods, releaseProxy, transfer } from 'comlink';
import { TrainerError } from '../ts/api/errors.js';
import type { FitSettings } from '../ts/api/fit-options.js';
import type { ModelSettings } from '../ts/api/trainer-options.js';
import type {
	EpochLog,
	Evaluation,
	Gradient,
	History,
	Labels,
	PartialFit,
	Precision,
	Progress,
	TrainerState,
	Weights,
} from '../ts/api/types.js';
import type { DatasetLayout } from '../ts/dataset/dataset.js';
import { EngineCore } from '../ts/engine/engine-core.js';
import { ProgressReporter } from '../ts/engine/progress.js';
import type { StoredDataset } from '../ts/engine/stored-dataset.js';
import { installErrorTransfer } from '../ts/protocol/errors.js';

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
	/** Made by `create`, which is the first call of all. */
	#engine!: EngineCore;
	readonly #datasets = new Map<number, StoredDataset>();
	#ending: 'stop' | 'abort' | undefined;
	/** While paused: resolves `#paused`. */
	#resume: (() => void) | undefined;
	#paused: Promise<void> | undefined;

	/** @param nextTask resolves after the messages that wait now */
	constructor(nextTask: () => Promise<unknown>) {
		this.#nextTask = nextTask;
	}

	async create(module: WebAssembly.Module, settings: ModelSettings): Promise<Description> {
		this.#engine = await EngineCore.create(module, settings);
		return this.describe();
	}

	beginUpload(id: number, layout: DatasetLayout): void {
		this.#datasets.set(id, this.#engine.beginUpload(layout));
	}

	/** @returns the memory of the inputs where it is wanted back */
	writeUpload(
		id: number,
		inputs: Uint8Array | Float32Array,
		labels: Labels | undefined,
		isBorrowed: boolean,
	): ArrayBuffer | undefined {
		this.#datasets.get(id)?.write(inputs, labels);
		return isBorrowed ? transfer(inputs.buffer as ArrayBuffer, [inputs.buffer]) : undefined;
	}

	finishUpload(id: number): Description {
		this.#engine.finishUpload(this.#dataset(id));
		return this.describe();
	}

	/** Frees a data set, or what has arrived of it. */
	release(id: number): void {
		const dataset = this.#datasets.get(id);
		if (dataset) this.#engine.release(dataset);
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
		const engine = this.#engine;
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

	partialFit(id: number, settings: FitSettings): PartialFit {
		return this.#engine.partialFit(this.#dataset(id), settings);
	}

	gradient(id: number, settings: FitSettings): Gradient {
		const gradient = this.#engine.gradient(this.#dataset(id), settings);
		return transfer(gradient, [gradient.weight.buffer, gradient.bias.buffer]);
	}

	applyGradients(gradients: readonly Gradient[], settings: FitSettings): PartialFit {
		return this.#engine.applyGradients(gradients, settings);
	}

	setClasses(names: readonly string[]): Description {
		this.#engine.setClasses(names);
		return this.describe();
	}

	reset(seed: number | undefined): Description {
		this.#engine.reset(seed);
		return this.describe();
	}

	stats(): ReturnType<EngineCore['stats']> {
		return this.#engine.stats();
	}

	evaluate(id: number): Evaluation {
		return this.#engine.evaluate(this.#dataset(id));
	}

	predict(id: number): Float32Array {
		const probabilities = this.#engine.predict(this.#dataset(id));
		return transfer(probabilities, [probabilities.buffer]);
	}

	getWeights(): Weights {
		const { weight, bias } = this.#engine.classifier.getWeights();
		return transfer({ weight, bias }, [weight.buffer, bias.buffer]);
	}

	setWeights(weights: Weights): void {
		this.#engine.classifier.setWeights(weights);
	}

	getState(): TrainerState {
		return this.#engine.classifier.keepState();
	}

	restoreState(state: TrainerState): Description {
		this.#engine.classifier.restoreState(state);
		return this.describe();
	}

	describe(): Description {
		const { inputShape, classNames, precision, epoch } = this.#engine.classifier;
		return { inputShape, classNames, precision, epoch };
	}

	#dataset(id: number): StoredDataset {
		const dataset = this.#datasets.get(id);
		if (!dataset) throw new TrainerError('the data set was not uploaded or was released', 'NOT_READY');
		return dataset;
	}
}

installErrorTransfer();
