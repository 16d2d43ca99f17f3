import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { WorkerApi } from './api.js';

expose(new WorkerApi(), nodeEndpoint(parentPort!));
