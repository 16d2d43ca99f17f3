/** The signal that aborts `fit`: an AbortSignal, or what can be used as one. */
import { wrongType } from './check.js';
import { InvalidTypeError } from './errors.js';
import type { AbortSignalLike } from './options.js';

/** Refuses what is no signal. */
export function checkSignal(field: string, value: unknown): void {
	const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<AbortSignalLike>;
	const isOne = typeof addEventListener === 'function' && typeof removeEventListener === 'function';
	if (typeof aborted !== 'boolean' || !isOne) throw wrongType(field, 'an AbortSignal', value);
}

/**
 * Calls back when a signal aborts.
 *
 * @returns what ends that
 * @throws InvalidTypeError where the signal cannot be listened to
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
			// What was trained is not to be lost for that: the listener does nothing any more.
		}
	};
}
