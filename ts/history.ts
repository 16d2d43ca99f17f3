import type { History } from './options.js';

/** Puts the epochs so far on whatever ended training, where it can hold them. */
export function withHistory(error: unknown, history: History): unknown {
	if (typeof error === 'object' && error !== null && Object.isExtensible(error) && !('history' in error)) {
		Object.defineProperty(error, 'history', { value: history, configurable: true, writable: true });
	}
	return error;
}
