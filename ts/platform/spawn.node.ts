import { Worker } from 'node:worker_threads';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import source from '#worker-source';
import type { SpawnedWorker } from './spawn.js';

/** Starts the worker from source that is part of this module, so that no bundler has to find a file. */
export function spawnWorker(): SpawnedWorker {
	// The worker must not inherit flags of the process: --input-type=module would make a module of its source.
	const worker = new Worker(source, { eval: true, execArgv: [], name: 'softmax-simd' });
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
