/**
 * How errors cross between threads. Comlink keeps only name and message, and structured cloning loses class and code, so
 * they travel as plain objects and are made anew on arrival.
 */
import { transferHandlers } from 'comlink';
import {
	BusyError,
	InvalidTypeError,
	InvalidValueError,
	MemoryLimitError,
	NonFiniteLossError,
	TrainerError,
	WorkerCrashedError,
} from '../api/errors.js';

const classes: Record<string, { prototype: Error }> = {
	BusyError,
	InvalidTypeError,
	InvalidValueError,
	MemoryLimitError,
	NonFiniteLossError,
	TrainerError,
	WorkerCrashedError,
	TypeError,
	RangeError,
	Error,
};

interface ErrorMessage {
	isError: boolean;
	/** Name of the class for errors, the value itself for anything else that was thrown. */
	value: unknown;
	properties: Record<string, unknown>;
}

function pack(thrown: unknown): ErrorMessage {
	if (!(thrown instanceof Error)) return { isError: false, value: thrown, properties: {} };
	const { message, stack, name } = thrown;
	return { isError: true, value: name in classes ? name : 'Error', properties: { ...thrown, message, stack, name } };
}

function unpack({ isError, value, properties }: ErrorMessage): unknown {
	if (!isError) return value;
	const error: unknown = Object.create(classes[value as string].prototype, {});
	return Object.defineProperties(error, describeProperties(properties));
}

function describeProperties(properties: Record<string, unknown>): PropertyDescriptorMap {
	const hidden = ['message', 'stack'];
	const entries = Object.entries(properties).map(([key, value]) => {
		return [key, { value, enumerable: !hidden.includes(key), configurable: true, writable: true }];
	});
	return Object.fromEntries(entries);
}

/** To be called once in each thread before anything is thrown across. */
export function installErrorTransfer(): void {
	const builtIn = transferHandlers.get('throw')!;
	transferHandlers.set('throw', {
		canHandle: builtIn.canHandle,
		serialize: (thrown) => [pack((thrown as { value: unknown }).value), []],
		deserialize: (message) => {
			throw unpack(message as ErrorMessage);
		},
	});
}
