/** A `fit` under way, as its caller's side sees it. */
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
	/** Lets other calls have their turn, which are then answered while it runs. */
	letOthersIn = () => {};
	/** What a callback threw. */
	#failure: { error: unknown } | undefined;
	#ending: 'stop' | 'abort' | undefined;
	#isPaused = false;
	#isOver = false;
	/** Ends a `wait`. */
	#wake = () => {};
	/** Resolves when the worker knows of the last stop, abort, pause or resume. */
	#told: Promise<unknown> | undefined;

	constructor(connection: Connection, datasets: WorkerDatasets, lane: Lane, options: FitOptions<TrainingData>) {
		this.connection = connection;
		this.options = options;
		this.#datasets = datasets;
		this.#lane = lane;
	}

	/** Whether no more is to be sent or trained on. */
	readonly isEnding = (): boolean => this.#ending !== undefined;

	/**
	 * Runs a training once its turn has come, unless it was ended before.
	 *
	 * @throws the signal's reason where it was aborted, and what a callback threw
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
			// A pause may get to the worker after the fit that it was meant for.
			if (this.#isPaused) this.resume();
			this.#isOver = true;
		}
	}

	/** Has the worker train on a data set, which is sent first where it is not there. */
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
			// What others send comes behind the message that training begins with.
			this.letOthersIn();
			return await outcome;
		} finally {
			for (const id of temporary) this.connection.tell('release', id);
		}
	}

	/** The outcome of a fit that was ended between messages, by default before it trained. */
	ended(history = this.connection.emptyHistory()): Outcome {
		const isAborted = this.#ending === 'abort';
		return { history: this.#ending === 'stop' ? { ...history, stoppedBy: 'stop' } : history, isAborted };
	}

	/** A callback whose errors end the training instead of getting lost on the way. */
	#guard<T>(callback: ((value: T) => unknown) | undefined, awaited: boolean) {
		if (!callback) return undefined;
		return proxy(async (value: T) => {
			const called = (async () => callback(value))().catch((error: unknown) => {
				this.#failure ??= { error };
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
		this.#told = this.connection.tell('end', how);
	}

	/**
	 * What a promise comes to that may never settle: nothing once training is to end, and rejected once the worker is gone. One
	 * is waited for at a time.
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
		this.#told = this.connection.tell('pause');
	}

	/** Lets it go on. */
	resume(): void {
		this.#told = this.connection.tell('resume');
	}
}
