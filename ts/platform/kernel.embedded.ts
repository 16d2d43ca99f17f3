import compressed from '#kernel-source';
import { compile } from './kernel.js';

/** Compiles the kernel from bytes that are part of this module: deflated, in base64. */
export function compileKernel(): Promise<WebAssembly.Module> {
	return compile(() => {
		const bytes = Uint8Array.from(atob(compressed), (character) => character.charCodeAt(0));
		const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
		return new Response(stream).arrayBuffer();
	});
}
