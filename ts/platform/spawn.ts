/** The worker of a trainer; each spawn.*.ts starts it from another place. */
import type { Endpoint } from 'comlink';

/** The operations on a worker that a trainer needs, the same on every platform. */
export interface SpawnedWorker {
	endpoint: Endpoint;
	/** Calls `listener` once when the worker ends or fails by itself. */
	onEnd(listener: (reason: string) => void): void;
	/** Sets whether the worker keeps the process alive. */
	setActive(active: boolean): void;
	terminate(): void;
}

/** Wraps a browser's worker. */
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
