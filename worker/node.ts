import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { answering } from './answers.js';
import { WorkerApi } from './calls.js';

// Not a message to oneself as in browsers: Node reads up to a thousand messages of one port before it looks at another.
expose(answering(new WorkerApi(setImmediate)), nodeEndpoint(parentPort!));
