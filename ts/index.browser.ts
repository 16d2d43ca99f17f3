/**
 * The entry whose worker and kernel are part of it. What is imported here first comes first in its file, in this order: gzip
 * looks back 32 KB, and finds there what the worker's source has in common with the page's code.
 */
import '#kernel-source';
import './engine-core.js';
import '#worker-source';
import 'comlink';

export * from './index.js';
