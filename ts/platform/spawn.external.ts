import { type SpawnedWorker, watchWorker } from './spawn.js';

/** Starts the worker from the file that ships with this module. */
export function spawnWorker(): SpawnedWorker {
	// Literally so: bundlers look for these words.
	return watchWorker(new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'softmax-simd' }));
}
