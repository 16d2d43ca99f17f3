/** A `fit` under way, as its caller's side sees it. */
import { proxy } from 'comlink';
import { TrainerError } from '../api/errors.js';
import type { FitSettings } from '../api/fit-options.js';
import type { FitOptions, History } from '../api/types.js';
import type { Connection } from './connection.js';
import type { DatasetHandle, TrainingData, WorkerDatasets } from './datasets.js';

export class Fit {
	readonly connection: Connection;
	readonly datasets: WorkerDatasets;
	readonly settings: FitSettings;
	readonly options: FitOptions<TrainingData>;
	/** What a callback threw. */
	failure: { error: unknown } | undefined;
	#ending: 'stop' | 'abort' | undefined;
	#isPaused = false;
	#isOver = false;
	/** Ends a `wait`. */
	#wake = () => {};
	/** Resolves when the worker knows of the last stop, abort, pause or resume. */
	#told: Promise<unknown> | undefined;

	constructor(
		connection: Connection,
		datasets: WorkerDatasets,
		settings: FitSettings,
		options: FitOptions<TrainingData>,
	) {
		this.connection = connection;
		this.datasets = datasets;
		this.settings = settings;
		this.options = options;
	}

	/** Whether no more is to be sent or trained on. */
	readonly isEnding = (): boolean => this.#ending !== undefined;

	/** Trains on a data set, which is sent first where it is not in the worker. */
	async run(dataset: TrainingData): Promise<History> {
		const { validationData, onEpochEnd, onProgress } = this.options;
		const borrowed: DatasetHandle[] = [];
		try {
			const training = await this.datasets.borrow(dataset, borrowed, this.isEnding);
			const validation = validationData && (await this.datasets.borrow(validationData, borrowed, this.isEnding));
			const early = this.endedEarly();
			if (early) return early;
			const history = await this.train(training.id, validation?.id, this.settings, onEpochEnd, onProgress);
			if (this.failure) throw new TrainerError('a callback threw', 'ABORTED', { history });
			return history;
		} finally {
			for (const handle of borrowed) handle.release().catch(() => {});
		}
	}

	/** Has the worker train on what it was sent. */
	train(
		id: number,
		validationId: number | undefined,
		settings: FitSettings,
		onEpochEnd: FitOptions['onEpochEnd'],
		onProgress: FitOptions['onProgress'],
	): Promise<History> {
		const epochEnd = this.#guard(onEpochEnd, true);
		const progress = this.#guard(onProgress, false);
		return this.connection.call((api) => api.fit(id, validationId, settings, epochEnd, progress));
	}

	/** The history of a fit that was stopped, by default before it trained; throws where it was aborted. */
	endedEarly(history = this.connection.emptyHistory()): History | undefined {
		if (this.#ending === 'abort') throw new TrainerError('aborted', 'ABORTED', { history });
		return this.#ending && { ...history, stoppedBy: 'stop' };
	}

	/** A callback whose errors end the training instead of getting lost on the way. */
	#guard<T>(callback: ((value: T) => unknown) | undefined, awaited: boolean) {
		if (!callback) return undefined;
		return proxy(async (value: T) => {
			const called = (async () => callback(value))().catch((error: unknown) => {
				this.failure ??= { error };
				this.end('abort');
			});
			if (!awaited) return;
			await called;
			// The answer travels on a port of its own: it must not overtake a stop, an abort or a pause.
			await this.#told;
		});
	}

	/** Ends it after the current batch; an abort is not taken back. */
	end(how: 'stop' | 'abort'): void {
		if (this.#ending === 'abort' || this.#isOver) return;
		this.#ending = how;
		this.#wake();
		this.#told = this.connection.call((api) => api.end(how)).catch(() => {});
	}

	/**
	 * What a promise of the caller's comes to, which may never settle: nothing once training is to end, and rejected once the
	 * worker is gone. One is waited for at a time.
	 */
	readonly wait = <T>(promise: Promise<T>): Promise<T | undefined> => {
		const ending = new Promise<undefined>((resolve) => {
			this.#wake = () => resolve(undefined);
		});
		if (this.isEnding()) this.#wake();
		return this.connection.untilEnd(Promise.race([promise, ending]));
	};

	/** Lets it rest after the current batch. */
	pause(): void {
		this.#isPaused = true;
		this.#told = this.connection.call((api) => api.pause()).catch(() => {});
	}

	/** Lets it go on. */
	resume(): void {
		this.#told = this.connection.call((api) => api.resume()).catch(() => {});
	}

	/** To be called when it is over. */
	close(): void {
		// A pause may get to the worker after the fit that it was meant for.
		if (this.#isPaused) this.resume();
		this.#isOver = true;
	}
}
