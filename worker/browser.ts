import { expose } from 'comlink';
import { WorkerApi } from './api.js';

expose(new WorkerApi());
