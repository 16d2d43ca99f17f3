/** What only a trainer or an engine throws. */
import { TrainerError } from './errors.js';
import type { History } from './options.js';

/** The error of a call that needs the shape of a sample and the classes before they are known. */
export function notReady(call: string): TrainerError {
	const advice = 'give inputShape and classes when creating the trainer, or fit first';
	return new TrainerError(`${call}: the shape of a sample and the classes are not known yet; ${advice}`, 'NOT_READY');
}

/** `fit` runs on this trainer, and the call would disturb it. */
export class BusyError extends TrainerError {
	override name = 'BusyError';

	constructor(call: string) {
		super(`${call}: not while fit runs; await it or call stop() first`, 'BUSY');
	}
}

/** The data would take more memory than `memoryLimit` allows. */
export class MemoryLimitError extends TrainerError {
	override name = 'MemoryLimitError';

	constructor(needed: number, limit: number) {
		const details = { field: 'memoryLimit', expected: `at most ${limit} bytes`, got: `${needed} bytes` };
		super(`memoryLimit: expected ${details.expected}, got ${details.got}`, 'MEMORY_LIMIT', details);
	}
}

/** The worker ended without being asked to. This trainer is gone; create another. */
export class WorkerCrashedError extends TrainerError {
	override name = 'WorkerCrashedError';

	constructor(reason: string) {
		super(`the training worker ended unexpectedly: ${reason}`, 'WORKER_CRASHED');
	}
}

/** The loss became NaN or infinite. The weights of the last finite epoch were put back. */
export class NonFiniteLossError extends TrainerError {
	override name = 'NonFiniteLossError';

	constructor(epoch: number, batch: number, history: History) {
		super(
			`learningRate: the loss is no longer finite in epoch ${epoch}, batch ${batch}; the weights of the last ` +
				'finite epoch were put back. A smaller learning rate or scaled inputs may help',
			'NON_FINITE_LOSS',
			{ field: 'learningRate', history },
		);
	}
}
