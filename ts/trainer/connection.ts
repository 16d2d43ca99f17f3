/** The way to the worker: no call hangs when the worker dies, and an idle worker keeps no process alive. */

import { type Remote, wrap } from 'comlink';
import { spawnWorker } from '#spawn';
import { TrainerError, WorkerCrashedError } from '../api/errors.js';
import type { History } from '../api/types.js';
import type { SpawnedWorker } from '../platform/spawn.js';
import type { Answer, AnswerCall, CallName, Description, WorkerCalls } from '../protocol/calls.js';
import { unpackError } from '../protocol/errors.js';

/**
 * Memory that slices of data travel in, to the worker and back. One slice's is enough for all of them, whereas the garbage of
 * one each would lie there for long: to the collector, an array is as small as the object that stands for it.
 */
class SliceMemory {
	#spare: ArrayBuffer | undefined;

	/** At least so many bytes, of unknown content. */
	take(bytes: number): ArrayBuffer {
		const spare = this.#spare;
		this.#spare = undefined;
		return spare && spare.byteLength >= bytes ? spare : new ArrayBuffer(bytes);
	}

	/** Keeps what has come back for the next one to take. */
	keep(memory: ArrayBuffer | undefined): void {
		if (memory) this.#spare = memory;
	}
}

/** Calls into one worker, and what is known of the model there. */
export class Connection {
	readonly sliceMemory = new SliceMemory();
	readonly #worker: SpawnedWorker;
	// Comlink closes the way when its proxy is collected, calls in flight or not: it has to be held.
	readonly #answer: Remote<AnswerCall>;
	#description: Description = { precision: 'auto', epoch: 0 };
	/** Rejects what waits. */
	readonly #waiting = new Set<(error: Error) => void>();
	#unanswered = 0;
	#ended: Error | undefined;

	constructor() {
		this.#worker = spawnWorker();
		this.#answer = wrap<AnswerCall>(this.#worker.endpoint);
		this.#worker.onEnd((reason) => this.#end(new WorkerCrashedError(reason)));
	}

	/** What the model is, as of the last answer. */
	get description(): Readonly<Description> {
		return this.#description;
	}

	/** Throws what ended the connection, if anything has. */
	check(): void {
		if (this.#ended) throw this.#ended;
	}

	/** Makes a call; rejects with its error, or as soon as the worker is gone. */
	async call<Name extends CallName>(
		name: Name,
		...parameters: Parameters<WorkerCalls[Name]>
	): Promise<Awaited<ReturnType<WorkerCalls[Name]>>> {
		this.check();
		this.#unanswered++;
		this.#worker.setActive(true);
		try {
			const answer = (await this.untilEnd(this.#answer(name, ...parameters))) as Answer;
			this.#description = { ...this.#description, ...answer.changes };
			this.sliceMemory.keep(answer.memory);
			if (answer.thrown) throw unpackError(answer.thrown);
			return answer.value as Awaited<ReturnType<WorkerCalls[Name]>>;
		} finally {
			this.#unanswered--;
			if (this.#unanswered === 0) this.#worker.setActive(false);
		}
	}

	/** Makes a call whose answer nobody waits for. */
	tell<Name extends CallName>(name: Name, ...parameters: Parameters<WorkerCalls[Name]>): Promise<unknown> {
		return this.call(name, ...parameters).catch(() => {});
	}

	/** What a promise comes to; rejects as soon as the worker is gone. */
	untilEnd<T>(promise: Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			if (this.#ended) reject(this.#ended);
			this.#waiting.add(reject);
			promise.then(resolve, reject).finally(() => this.#waiting.delete(reject));
		});
	}

	/** The history of a fit that has not trained. */
	emptyHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.#description.precision };
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
