/** Says what happened to all who want to know. */
export function createEvents() {
	const listeners = new Map();
	return {
		on(name, listener) {
			if (!listeners.has(name)) listeners.set(name, new Set());
			listeners.get(name).add(listener);
		},
		emit(name, value) {
			for (const listener of listeners.get(name) ?? []) listener(value);
		},
	};
}
