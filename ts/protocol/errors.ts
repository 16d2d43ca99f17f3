/** How errors cross between threads: structured cloning loses class and code, so they travel as plain objects. */
import {
	BusyError,
	InvalidTypeError,
	InvalidValueError,
	MemoryLimitError,
	NonFiniteLossError,
	TrainerError,
	WorkerCrashedError,
} from '../api/errors.js';

/** Errors of other classes arrive as Error. */
const classes: Record<string, { prototype: Error } | undefined> = {
	BusyError,
	InvalidTypeError,
	InvalidValueError,
	MemoryLimitError,
	NonFiniteLossError,
	TrainerError,
	WorkerCrashedError,
	TypeError,
	RangeError,
};

/** An error, or whatever else was thrown, on its way. */
export interface ErrorMessage {
	isError: boolean;
	/** Of an error the name, of anything else that was thrown the value itself. */
	value: unknown;
	properties: Record<string, unknown>;
}

/** Makes a message of what was thrown. */
export function packError(thrown: unknown): ErrorMessage {
	if (!(thrown instanceof Error)) return { isError: false, value: thrown, properties: {} };
	const { message, stack, name } = thrown;
	return { isError: true, value: name, properties: { ...thrown, message, stack, name } };
}

/** Makes of a message what was thrown. */
export function unpackError({ isError, value, properties }: ErrorMessage): unknown {
	if (!isError) return value;
	const { prototype } = classes[value as string] ?? Error;
	return Object.create(prototype, describeProperties(properties));
}

function describeProperties(properties: Record<string, unknown>): PropertyDescriptorMap {
	const hidden = ['message', 'stack'];
	const entries = Object.entries(properties).map(([key, value]) => {
		return [key, { value, enumerable: !hidden.includes(key), configurable: true, writable: true }];
	});
	return Object.fromEntries(entries);
}
