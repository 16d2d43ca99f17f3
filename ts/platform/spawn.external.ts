/** `softmax-simd/external`, for pages with a strict Content-Security-Policy: the worker is a file on the page's own origin. */
import { type SpawnedWorker, watchWorker } from './spawn.js';

/** Starts the worker from the file that ships with this module. */
export function spawnWorker(): SpawnedWorker {
	// Bundlers recognise exactly this expression, `new Worker(new URL(…, import.meta.url))`.
	return watchWorker(new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'softmax-simd' }));
}
