import { readFile } from 'node:fs/promises';
import { compile } from './compile.js';

/** Seen from where the build puts this module. */
const file = new URL('../softmax-simd.wasm', import.meta.url);

/** Compiles the kernel from the file that ships with this module. */
export function compileKernel(): Promise<WebAssembly.Module> {
	return compile(() => readFile(file));
}
