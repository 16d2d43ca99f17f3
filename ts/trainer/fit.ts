/** A `fit` under way, on the caller's side. */
import { proxy } from 'comlink';
import { withHistory } from '../api/errors.js';
import type { FitSettings } from '../api/fit-options.js';
import type { FitOptions } from '../api/options.js';
import type { History } from '../api/types.js';
import type { Outcome } from '../protocol/calls.js';
import type { Connection } from './connection.js';
import type { Given, TrainingData, WorkerDatasets } from './datasets.js';
import type { Lane } from './lane.js';

export class Fit {
	readonly connection: Connection;
	readonly options: FitOptions<TrainingData>;
	readonly #datasets: WorkerDatasets;
	readonly #lane: Lane;
	/** Gives the turn to the next call. Other calls are then answered while this `fit` runs. */
	letOthersIn = () => {};
	/** The first error that a callback threw. It is boxed, because a callback can throw `undefined`. */
	#failure: { error: unknown } | undefined;
	#ending: 'stop' | 'abort' | undefined;
	#isPaused = false;
	#isOver = false;
	/** Ends the present `wait`. */
	#wake = () => {};
	/** Resolves when the worker has received the last stop, abort, pause or resume. */
	#told: Promise<unknown> | undefined;

	constructor(connection: Connection, datasets: WorkerDatasets, lane: Lane, options: FitOptions<TrainingData>) {
		this.connection = connection;
		this.options = options;
		this.#datasets = datasets;
		this.#lane = lane;
	}

	/** Whether it was stopped or aborted. Then no more data are sent or used. */
	readonly isEnding = (): boolean => this.#ending !== undefined;

	/**
	 * Waits for its turn and trains. If it was ended before its turn, it does not train.
	 *
	 * @throws the signal's reason if it was aborted; what a callback threw
	 */
	async run(train: () => Promise<Outcome>): Promise<History> {
		const { turn, pass, leave } = this.#lane.enter();
		this.letOthersIn = pass;
		try {
			await this.wait(turn);
			const { history, isAborted } = this.#ending ? this.ended() : await train();
			if (this.#failure) throw withHistory(this.#failure.error, history);
			if (isAborted) throw withHistory(this.options.signal?.reason, history);
			return history;
		} finally {
			leave();
			// The pause may reach the worker after this `fit` has ended there. It must not pause the next one.
			if (this.#isPaused) this.resume();
			this.#isOver = true;
		}
	}

	/** Lets the worker train on a data set. If the data set is not in the worker, it is sent first. */
	async train(
		given: Given,
		validation: Given | undefined,
		settings: FitSettings,
		onEpochEnd: FitOptions['onEpochEnd'],
	): Promise<Outcome> {
		const temporary: number[] = [];
		try {
			const id = await this.#datasets.lend(given, temporary, this.isEnding);
			const validationId =
				validation === undefined ? undefined : await this.#datasets.lend(validation, temporary, this.isEnding);
			if (this.#ending) return this.ended();
			const callbacks = [this.#guard(onEpochEnd, true), this.#guard(this.options.onProgress, false)] as const;
			const outcome = this.connection.call('fit', id, validationId, temporary.splice(0), settings, ...callbacks);
			// The message that begins training is sent. The messages of other calls come after it.
			this.letOthersIn();
			return await outcome;
		} finally {
			for (const id of temporary) this.connection.tell('release', id);
		}
	}

	/** The outcome of a `fit` that ends while the worker does not train. The default is that of one that has not trained. */
	ended(history = this.connection.emptyHistory()): Outcome {
		const isAborted = this.#ending === 'abort';
		return { history: this.#ending === 'stop' ? { ...history, stoppedBy: 'stop' } : history, isAborted };
	}

	/** Wraps a callback for the worker. An error of the callback ends training; otherwise the error would be lost. */
	#guard<T>(callback: ((value: T) => unknown) | undefined, awaited: boolean) {
		if (!callback) return undefined;
		return proxy(async (value: T) => {
			const called = (async () => callback(value))().catch((error: unknown) => {
				this.#failure ??= { error };
				this.end('abort');
			});
			if (!awaited) return;
			await called;
			// This answer has a port of its own. It must not arrive before a stop, an abort or a pause that the callback asked for.
			await this.#told;
		});
	}

	/** Ends training after the current batch. A stop cannot replace an abort. */
	end(how: 'stop' | 'abort'): void {
		if (this.#ending === 'abort' || this.#isOver) return;
		this.#ending = how;
		this.#wake();
		this.#told = this.connection.tell('end', how);
	}

	/**
	 * Waits for a promise that may never settle. Resolves to undefined if training is ended first, and rejects when the connection
	 * ends. It waits for one promise at a time.
	 */
	readonly wait = <T>(promise: Promise<T>): Promise<T | undefined> => {
		const ending = new Promise<undefined>((resolve) => {
			this.#wake = () => resolve(undefined);
		});
		if (this.isEnding()) this.#wake();
		return this.connection.untilEnd(Promise.race([promise, ending]));
	};

	/** Pauses training after the current batch. */
	pause(): void {
		this.#isPaused = true;
		this.#told = this.connection.tell('pause');
	}

	/** Continues training after a pause. */
	resume(): void {
		this.#told = this.connection.tell('resume');
	}
}
