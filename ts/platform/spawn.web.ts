import type { SpawnedWorker } from './spawn.js';

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
