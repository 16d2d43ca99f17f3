import { readFile } from 'node:fs/promises';
import { module } from '../crate/Cargo.toml?custom';
import { compile } from './compile.js';

/** Compiles the kernel from the file that ships with this module. */
export function compileKernel(): Promise<WebAssembly.Module> {
	return compile(() => readFile(module));
}
