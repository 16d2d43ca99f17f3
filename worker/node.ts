import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { answering } from './answers.js';
import { WorkerApi } from './calls.js';

// In browsers, a message to itself does this. Node reads up to 1,000 messages of one port before it reads the next port, so
// that such messages would delay the calls.
expose(answering(new WorkerApi(setImmediate)), nodeEndpoint(parentPort!));
