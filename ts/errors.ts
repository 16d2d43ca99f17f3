/**
 * Typed errors. Each says the field, what was expected and what came, and has a `code` that never changes, so that
 * programs branch on `error.code` and people read `error.message`.
 */
import type { History } from './options.js';

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

/** What an error of this package may carry besides `message` and `code`. */
export interface ErrorDetails {
	/** The option, argument or part of a file at fault, e.g. `labels` or `batchSize`. */
	field?: string;
	/** What would have been right, in words. */
	expected?: string;
	/** What came instead, in words. */
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

/** An argument or option has the wrong type, or a name nobody knows. */
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

/** The call came at the wrong time, or this machine cannot do it. */
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
