import { module } from '../crate/Cargo.toml?custom';

/** Compiles the kernel, whose bytes are part of this module. */
export async function compileKernel(): Promise<WebAssembly.Module> {
	return WebAssembly.compile(module as Uint8Array<ArrayBuffer>);
}
