import type { Endpoint } from 'comlink';

/** A worker as the trainer needs it, whatever it runs on. */
export interface SpawnedWorker {
	endpoint: Endpoint;
	/** Calls back once when the worker ends or fails, unless it was terminated from here. */
	onEnd(listener: (reason: string) => void): void;
	/** Whether the worker may keep the process alive. */
	setActive(active: boolean): void;
	terminate(): void;
}

/** A browser's worker as the trainer needs it. */
export function watchWorker(worker: Worker, onTerminate: () => void = () => {}): SpawnedWorker {
	return {
		endpoint: worker,
		onEnd: (listener) => {
			worker.addEventListener('error', (event) => listener(event.message || 'it could not be started'), { once: true });
		},
		setActive: () => {},
		terminate: () => {
			worker.terminate();
			onTerminate();
		},
	};
}
