import { readFile } from 'node:fs/promises';
import { module } from '../crate/Cargo.toml?custom';

/** Compiles the kernel from the file beside this module. */
export async function compileKernel(): Promise<WebAssembly.Module> {
	return WebAssembly.compile(await readFile(module as URL));
}
