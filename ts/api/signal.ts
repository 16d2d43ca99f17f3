/** The signal that aborts `fit`: an AbortSignal, or an object with the same methods. */
import { wrongType } from './check.js';
import { InvalidTypeError } from './errors.js';
import type { AbortSignalLike } from './options.js';

/** Throws if the value is not a signal. */
export function checkSignal(field: string, value: unknown): void {
	const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<AbortSignalLike>;
	const isOne = typeof addEventListener === 'function' && typeof removeEventListener === 'function';
	if (typeof aborted !== 'boolean' || !isOne) throw wrongType(field, 'an AbortSignal', value);
}

/**
 * Calls `listener` when the signal aborts.
 *
 * @returns a function that removes the listener
 * @throws InvalidTypeError if the signal's `addEventListener` throws
 */
export function onAbort(signal: AbortSignalLike | undefined, listener: () => void): () => void {
	try {
		signal?.addEventListener('abort', listener);
	} catch {
		const got = 'one whose addEventListener throws';
		throw new InvalidTypeError({ field: 'signal', expected: 'an AbortSignal', got });
	}
	return () => {
		try {
			signal?.removeEventListener('abort', listener);
		} catch {
			// `fit` has ended, so the listener has no effect any more. An error here would lose the result of training.
		}
	};
}
