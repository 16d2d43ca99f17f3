/** The calls that the worker answers. Training pauses regularly, so that other calls are answered between batches. */
import { releaseProxy } from 'comlink';
import { TrainerError } from '../ts/api/errors.js';
import type { FitSettings } from '../ts/api/fit-options.js';
import type { ModelSettings } from '../ts/api/trainer-options.js';
import type {
	EpochLog,
	Evaluation,
	Gradient,
	PartialFit,
	Progress,
	Statistics,
	TrainerState,
	Weights,
} from '../ts/api/types.js';
import type { DatasetLayout } from '../ts/dataset/dataset.js';
import type { EngineDataset } from '../ts/engine/dataset.js';
import { Learner } from '../ts/engine/learner.js';
import { ProgressReporter } from '../ts/engine/progress.js';
import type { Step } from '../ts/engine/training.js';
import type {
	DataSource,
	Description,
	Outcome,
	Parcel,
	RemoteCallback,
	Slice,
	WorkerCalls,
} from '../ts/protocol/calls.js';

/** After this time, training lets the worker answer other messages. A batch is never interrupted, even if it takes longer. */
const STRETCH_MILLISECONDS = 12;

export class WorkerApi implements WorkerCalls {
	readonly #nextTask: () => Promise<unknown>;
	/** Set by `create`, which is the first call. */
	#learner!: Learner;
	readonly #datasets = new Map<number, EngineDataset>();
	#ending: 'stop' | 'abort' | undefined;
	/** Resolves `#paused`. */
	#resume: (() => void) | undefined;
	#paused: Promise<void> | undefined;
	#memory: ArrayBuffer | undefined;

	/** @param nextTask resolves after the messages that are waiting now */
	constructor(nextTask: () => Promise<unknown>) {
		this.#nextTask = nextTask;
	}

	/** The properties of the model now; empty before `create`. */
	describe(): Partial<Description> {
		if (!this.#learner) return {};
		const { inputShape, classNames, precision, epoch } = this.#learner.classifier;
		return { inputShape, classNames, precision, epoch };
	}

	/** The memory of the last slice, if it must be sent back. Each memory is returned only once. */
	takeMemory(): ArrayBuffer | undefined {
		const memory = this.#memory;
		this.#memory = undefined;
		return memory;
	}

	async create(module: WebAssembly.Module, settings: ModelSettings): Promise<void> {
		this.#learner = await Learner.create(module, settings);
	}

	upload(id: number, parcel: Parcel): void {
		this.#datasets.set(id, this.#receive(parcel));
	}

	beginUpload(id: number, layout: DatasetLayout): void {
		this.#datasets.set(id, this.#learner.datasets.begin(layout));
	}

	writeUpload(id: number, slice: Slice): void {
		this.#write(this.#dataset(id), slice);
	}

	finishUpload(id: number): void {
		const dataset = this.#dataset(id);
		this.#datasets.delete(id);
		this.#learner.datasets.finish(dataset);
		this.#datasets.set(id, dataset);
	}

	release(id: number): void {
		this.#datasets.get(id)?.release();
		this.#datasets.delete(id);
	}

	async fit(
		id: number,
		validationId: number | undefined,
		temporary: readonly number[],
		settings: FitSettings,
		onEpochEnd: RemoteCallback<EpochLog> | undefined,
		onProgress: RemoteCallback<Progress> | undefined,
	): Promise<Outcome> {
		this.#ending = undefined;
		try {
			const validation = validationId === undefined ? undefined : this.#dataset(validationId);
			const history = this.#learner.createHistory();
			const steps = this.#learner.train(this.#dataset(id), validation, settings, history);
			const ending = await this.#pace(steps, onEpochEnd, onProgress);
			if (ending === 'stop') history.stoppedBy = 'stop';
			return { history, isAborted: ending === 'abort' };
		} finally {
			this.resume();
			for (const dataset of temporary) this.release(dataset);
			// An open port of a callback would keep the caller's process alive.
			onEpochEnd?.[releaseProxy]?.();
			onProgress?.[releaseProxy]?.();
		}
	}

	/** Trains all steps. Returns how the trainer ended them, or undefined if it did not. */
	async #pace(
		steps: Iterable<Step>,
		onEpochEnd: RemoteCallback<EpochLog> | undefined,
		onProgress: RemoteCallback<Progress> | undefined,
	): Promise<'stop' | 'abort' | undefined> {
		// Reports have a port of their own, so later messages could overtake them. Where the order matters, the last one is awaited.
		let reported: unknown;
		const reporter =
			onProgress &&
			new ProgressReporter((progress) => {
				reported = onProgress(progress);
			});
		let stretchBegan = performance.now();
		let ending: 'stop' | 'abort' | undefined;
		for (const step of steps) {
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
			ending = this.#ending;
			if (ending) break;
		}
		// After an abort, no more progress is reported.
		if (ending === 'abort') return ending;
		reporter?.flush();
		await reported;
		return ending;
	}

	end(how: 'stop' | 'abort'): void {
		this.#ending = how;
		this.resume();
	}

	pause(): void {
		this.#paused ??= new Promise((resolve) => {
			this.#resume = resolve;
		});
	}

	resume(): void {
		this.#resume?.();
		this.#paused = undefined;
	}

	partialFit(source: DataSource, settings: FitSettings): PartialFit {
		return this.#use(source, (dataset) => this.#learner.step(dataset, settings));
	}

	gradient(source: DataSource, settings: FitSettings): Gradient {
		return this.#use(source, (dataset) => this.#learner.gradient(dataset, settings));
	}

	applyGradients(gradients: readonly Gradient[], settings: FitSettings): PartialFit {
		return this.#learner.applyGradients(gradients, settings);
	}

	evaluate(source: DataSource): Evaluation {
		return this.#use(source, (dataset) => this.#learner.evaluate(dataset));
	}

	predict(source: DataSource): Float32Array {
		return this.#use(source, (dataset) => this.#learner.predict(dataset));
	}

	setClasses(names: readonly string[]): void {
		this.#learner.setClasses(names);
	}

	reset(seed: number | undefined): void {
		this.#learner.reset(seed);
	}

	stats(): Omit<Statistics, 'pendingCalls'> {
		return this.#learner.stats();
	}

	getWeights(): Weights {
		return this.#learner.classifier.getWeights();
	}

	setWeights(weights: Weights): void {
		this.#learner.classifier.setWeights(weights);
	}

	getState(): TrainerState {
		return this.#learner.classifier.keepState();
	}

	restoreState(state: TrainerState): void {
		this.#learner.classifier.restoreState(state);
	}

	/** Makes a call with a data set. If the data set was sent in the call, it is freed afterwards. */
	#use<T>(source: DataSource, call: (dataset: EngineDataset) => T): T {
		if (typeof source === 'number') return call(this.#dataset(source));
		const dataset = this.#receive(source);
		try {
			return call(dataset);
		} finally {
			dataset.release();
		}
	}

	#receive(parcel: Parcel): EngineDataset {
		return this.#learner.datasets.add(parcel.layout, (dataset) => this.#write(dataset, parcel));
	}

	#write(dataset: EngineDataset, { inputs, labels, isBorrowed }: Slice): void {
		dataset.write(inputs, labels);
		if (isBorrowed) this.#memory = inputs.buffer as ArrayBuffer;
	}

	#dataset(id: number): EngineDataset {
		const dataset = this.#datasets.get(id);
		if (!dataset) throw new TrainerError('the data set has not arrived', 'NOT_READY');
		return dataset;
	}
}
