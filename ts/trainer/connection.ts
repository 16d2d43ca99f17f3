/** The connection to the worker. If the worker dies, its calls reject. An idle worker does not keep the process alive. */

import { type Remote, wrap } from 'comlink';
import { spawnWorker } from '#spawn';
import { TrainerError, WorkerCrashedError } from '../api/errors.js';
import type { History } from '../api/types.js';
import type { SpawnedWorker } from '../platform/spawn.js';
import type { Answer, AnswerCall, CallName, Description, WorkerCalls } from '../protocol/calls.js';
import { unpackError } from '../protocol/errors.js';

/**
 * The memory in which slices are sent to the worker. The worker sends it back, so that all slices can use the same memory.
 * With new memory for each slice, much garbage would gather: the garbage collector counts only the small object of an array,
 * and so it starts late.
 */
class SliceMemory {
	#spare: ArrayBuffer | undefined;

	/** Returns at least `bytes` bytes. Their content is undefined. */
	take(bytes: number): ArrayBuffer {
		const spare = this.#spare;
		this.#spare = undefined;
		return spare && spare.byteLength >= bytes ? spare : new ArrayBuffer(bytes);
	}

	/** Keeps memory that has come back, for the next `take`. */
	keep(memory: ArrayBuffer | undefined): void {
		if (memory) this.#spare = memory;
	}
}

/** Makes calls to one worker, and keeps the description of the model there. */
export class Connection {
	readonly sliceMemory = new SliceMemory();
	readonly #worker: SpawnedWorker;
	// This reference has to be kept: Comlink closes the connection when its proxy is collected, even during a call.
	readonly #answer: Remote<AnswerCall>;
	#description: Description = { precision: 'auto', epoch: 0 };
	/** The `reject` functions of all calls under way. */
	readonly #waiting = new Set<(error: Error) => void>();
	#unanswered = 0;
	#ended: Error | undefined;

	constructor() {
		this.#worker = spawnWorker();
		this.#answer = wrap<AnswerCall>(this.#worker.endpoint);
		this.#worker.onEnd((reason) => this.#end(new WorkerCrashedError(reason)));
	}

	/** The description of the model, as of the last answer. */
	get description(): Readonly<Description> {
		return this.#description;
	}

	/** If the connection has ended, throws the error that ended it. */
	check(): void {
		if (this.#ended) throw this.#ended;
	}

	/** Makes a call. Rejects with the call's error, or when the connection ends. */
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

	/** Makes a call whose result is ignored. The promise never rejects. */
	tell<Name extends CallName>(name: Name, ...parameters: Parameters<WorkerCalls[Name]>): Promise<unknown> {
		return this.call(name, ...parameters).catch(() => {});
	}

	/** Waits for a promise. Rejects when the connection ends, because the promise might then never settle. */
	untilEnd<T>(promise: Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			if (this.#ended) reject(this.#ended);
			this.#waiting.add(reject);
			promise.then(resolve, reject).finally(() => this.#waiting.delete(reject));
		});
	}

	/** The history of a `fit` that has not trained. */
	emptyHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.#description.precision };
	}

	/** Ends the worker. Calls under way reject, and so do later calls. */
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
