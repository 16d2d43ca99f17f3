import source from '#worker-source';
import { type SpawnedWorker, watchWorker } from './spawn.js';

/** Starts the worker from a blob of source that is part of this module, so that no bundler has to find a file. */
export function spawnWorker(): SpawnedWorker {
	const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
	return watchWorker(new Worker(url, { name: 'softmax-simd' }), () => URL.revokeObjectURL(url));
}
