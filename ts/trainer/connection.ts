/** The way to the worker: no call hangs when the worker dies, and an idle worker keeps no process alive. */

import { type Remote, wrap } from 'comlink';
import { spawnWorker } from '#spawn';
import type { Description, WorkerApi } from '../../worker/api.js';
import { TrainerError, WorkerCrashedError } from '../api/errors.js';
import type { History } from '../api/types.js';
import type { SpawnedWorker } from '../platform/spawn.js';
import { installErrorTransfer } from '../protocol/errors.js';
import { SliceMemory } from './sending.js';

/** Calls into one worker, and what is known of the model there. */
export class Connection {
	/** As the worker told it last; its first answer is one. */
	description!: Description;
	readonly sliceMemory = new SliceMemory();
	readonly #worker: SpawnedWorker;
	// Comlink closes the way when its proxy is collected, calls in flight or not: it has to be held.
	readonly #api: Remote<WorkerApi>;
	/** Rejects what waits. */
	readonly #waiting = new Set<(error: Error) => void>();
	#pendingCalls = 0;
	#ended: Error | undefined;

	constructor() {
		installErrorTransfer();
		this.#worker = spawnWorker();
		this.#api = wrap<WorkerApi>(this.#worker.endpoint);
		this.#worker.onEnd((reason) => this.#end(new WorkerCrashedError(reason)));
	}

	/** Calls that have not been answered yet. */
	get pendingCalls(): number {
		return this.#pendingCalls;
	}

	/** Throws what ended the connection, if anything has. */
	check(): void {
		if (this.#ended) throw this.#ended;
	}

	/** Sends a call; rejects with its error, or as soon as the worker is gone. */
	call<T>(send: (api: Remote<WorkerApi>) => Promise<T>): Promise<T> {
		if (this.#ended) return Promise.reject(this.#ended);
		this.#pendingCalls++;
		this.#worker.setActive(true);
		const answer = this.untilEnd((async () => send(this.#api))());
		return answer.finally(() => {
			this.#pendingCalls--;
			if (this.#pendingCalls === 0) this.#worker.setActive(false);
		});
	}

	/** What a promise comes to; rejects as soon as the worker is gone. */
	untilEnd<T>(promise: Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			if (this.#ended) reject(this.#ended);
			this.#waiting.add(reject);
			promise.then(resolve, reject).finally(() => this.#waiting.delete(reject));
		});
	}

	/** Sends a call that answers with what has become of the model. */
	async update(send: (api: Remote<WorkerApi>) => Promise<Description>): Promise<void> {
		this.description = await this.call(send);
	}

	/** The history of a fit that has not trained. */
	emptyHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.description.precision };
	}

	/** Ends the worker; calls under way are rejected, later ones as well. */
	close(): void {
		this.#end(new TrainerError('the trainer was disposed', 'DISPOSED'));
	}

	#end(error: Error): void {
		if (this.#ended) return;
		this.#ended = error;
		this.#worker.terminate();
		for (const reject of this.#waiting) reject(error);
		this.#waiting.clear();
	}
}
