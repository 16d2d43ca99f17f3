/** Sends errors between threads. Structured cloning loses their class and code, so they are sent as plain objects. */
import {
	BusyError,
	InvalidTypeError,
	InvalidValueError,
	MemoryLimitError,
	NonFiniteLossError,
	TrainerError,
	WorkerCrashedError,
} from '../api/errors.js';

/** The classes that are kept. Errors of other classes arrive as Error. */
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

/** A message with the value that was thrown, which need not be an error. */
export interface ErrorMessage {
	isError: boolean;
	/** The name of an error. If the thrown value is not an error, it is the value itself. */
	value: unknown;
	properties: Record<string, unknown>;
}

/** Makes a message from the value that was thrown. */
export function packError(thrown: unknown): ErrorMessage {
	if (!(thrown instanceof Error)) return { isError: false, value: thrown, properties: {} };
	const { message, stack, name } = thrown;
	return { isError: true, value: name, properties: { ...thrown, message, stack, name } };
}

/** Makes the value that was thrown from its message. */
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
