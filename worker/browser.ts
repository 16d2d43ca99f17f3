import { expose } from 'comlink';
import { answering } from './answers.js';
import { WorkerApi } from './calls.js';

const { port1, port2 } = new MessageChannel();

/** Waits for a message to itself. A timer would be slower, because browsers delay nested timers by 4 ms. */
function nextTask(): Promise<void> {
	return new Promise((resolve) => {
		port1.onmessage = () => resolve();
		port2.postMessage(null);
	});
}

expose(answering(new WorkerApi(nextTask)));
