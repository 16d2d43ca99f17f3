import source from '#worker-source';
import type { SpawnedWorker } from './spawn.js';

/** Starts the worker from source that is part of this module, so that no bundler has to find a file. */
export function spawnWorker(): SpawnedWorker {
	const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
	const worker = new Worker(url, { name: 'softmax-simd' });
	return {
		endpoint: worker,
		onEnd: (listener) => {
			worker.addEventListener('error', (event) => listener(event.message || 'it could not be started'), { once: true });
		},
		setActive: () => {},
		terminate: () => {
			worker.terminate();
			URL.revokeObjectURL(url);
		},
	};
}
