/**
 * Typed errors. Each has a message that names the field, what was expected and what was passed, and a `code` that never
 * changes: programs branch on `error.code`, people read `error.message`.
 */
import type { History } from './types.js';

/** Stable identifiers of what went wrong. */
export type ErrorCode =
	| 'INVALID_TYPE'
	| 'INVALID_VALUE'
	| 'UNKNOWN_OPTION'
	| 'CONTRADICTION'
	| 'INVALID_DATA'
	| 'INVALID_FILE'
	| 'NOT_READY'
	| 'DISPOSED'
	| 'BUSY'
	| 'ABORTED'
	| 'NON_FINITE_LOSS'
	| 'OUT_OF_MEMORY'
	| 'MEMORY_LIMIT'
	| 'WORKER_CRASHED'
	| 'UNSUPPORTED';

/** Properties that an error of this package may have besides `message` and `code`. */
export interface ErrorDetails {
	/** The option, argument or part of a file at fault, e.g. `labels` or `batchSize`. */
	field?: string;
	/** The values that are accepted, in words. */
	expected?: string;
	/** The value that was passed, in words. */
	got?: string;
	/** Sample at fault, from 0. */
	row?: number;
	/** Feature of that sample at fault, from 0. */
	column?: number;
	/** The epochs that were finished before training ended. */
	history?: History;
}

function describe({ field, expected, got, row, column }: ErrorDetails): string {
	const place = [row === undefined ? '' : ` row ${row}`, column === undefined ? '' : ` column ${column}`];
	return `${field}${place.join('')}: expected ${expected}, got ${got}`;
}

/** An argument or option has the wrong type, or an option has an unknown name. */
export class InvalidTypeError extends TypeError implements ErrorDetails {
	override name = 'InvalidTypeError';
	declare readonly field: string;
	declare readonly expected: string;
	declare readonly got: string;
	declare readonly row?: number;

	constructor(
		details: ErrorDetails,
		readonly code: ErrorCode = 'INVALID_TYPE',
	) {
		super(describe(details));
		Object.assign(this, details);
	}
}

/** A number, a length or a piece of data is out of its range. */
export class InvalidValueError extends RangeError implements ErrorDetails {
	override name = 'InvalidValueError';
	declare readonly field: string;
	declare readonly expected: string;
	declare readonly got: string;
	declare readonly row?: number;
	declare readonly column?: number;

	constructor(
		details: ErrorDetails,
		readonly code: ErrorCode = 'INVALID_VALUE',
	) {
		super(describe(details));
		Object.assign(this, details);
	}
}

/** The call cannot be carried out in the trainer's state, or not on this machine. */
export class TrainerError extends Error implements ErrorDetails {
	override name = 'TrainerError';
	declare readonly field?: string;
	declare readonly history?: History;

	constructor(
		message: string,
		readonly code: ErrorCode,
		details: ErrorDetails = {},
	) {
		super(message);
		Object.assign(this, details);
	}
}

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
		super(describe(details), 'MEMORY_LIMIT', details);
	}
}

/** The worker ended unexpectedly. Its trainer cannot be used any more; create another. */
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

/** Adds the epochs so far to whatever ended training, if that is an object that can be extended. */
export function withHistory(error: unknown, history: History): unknown {
	if (typeof error === 'object' && error !== null && Object.isExtensible(error) && !('history' in error)) {
		Object.defineProperty(error, 'history', { value: history, configurable: true, writable: true });
	}
	return error;
}
