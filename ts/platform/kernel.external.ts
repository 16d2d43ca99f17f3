/** `softmax-simd/external`, for pages with a strict Content-Security-Policy: the kernel is a file on the page's own origin. */
import { TrainerError } from '../api/errors.js';
import { compile } from './kernel.js';

/** Relative to where the build puts this module. */
const file = new URL('../softmax-simd.wasm', import.meta.url);

/** Compiles the kernel from the file that ships with this module. */
export function compileKernel(): Promise<WebAssembly.Module> {
	return compile(async () => {
		const response = await fetch(file);
		if (!response.ok) throw new TrainerError(`${response.url}: answered ${response.status}`, 'UNSUPPORTED');
		// compileStreaming would need a server that knows the type of .wasm files.
		return response.arrayBuffer();
	});
}
