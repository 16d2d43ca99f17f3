import { Worker } from 'node:worker_threads';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { SpawnedWorker } from './spawn.js';

/** Starts the worker from the file beside this module. */
export function spawnWorker(): SpawnedWorker {
	// The process's own flags are not for the worker: with --input-type it would not start.
	const worker = new Worker(new URL('./worker.js', import.meta.url), { execArgv: [], name: 'softmax-simd' });
	return {
		endpoint: nodeEndpoint(worker),
		onEnd: (listener) => {
			let reason = '';
			worker.once('error', (error) => {
				reason = String(error);
			});
			worker.once('exit', (code) => listener(reason || `exit code ${code}`));
		},
		setActive: (active) => (active ? worker.ref() : worker.unref()),
		terminate: () => void worker.terminate(),
	};
}
