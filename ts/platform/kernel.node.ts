import { inflateSync } from 'node:zlib';
import compressed from '#kernel-source';
import { compile } from './kernel.js';

/** As in browsers, from bytes that are part of this module. Loading Node's web streams to inflate them would take 30 ms. */
export function compileKernel(): Promise<WebAssembly.Module> {
	return compile(async () => inflateSync(Buffer.from(compressed, 'base64')));
}
