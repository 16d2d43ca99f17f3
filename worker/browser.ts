import { expose } from 'comlink';
import { answering } from './answers.js';
import { WorkerApi } from './calls.js';

const { port1, port2 } = new MessageChannel();

/** A message to oneself: nested timers would be held back for 4 ms. */
function nextTask(): Promise<void> {
	return new Promise((resolve) => {
		port1.onmessage = () => resolve();
		port2.postMessage(null);
	});
}

expose(answering(new WorkerApi(nextTask)));
