/** Compiles the kernel; each kernel.*.ts reads its bytes from another place. */
import { TrainerError } from '../api/errors.js';

/** A small module with the features that the kernel needs: a table of references, and `i8x16.popcnt` of a splat (SIMD). */
const probe = Uint8Array.of(
	...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 4, 4, 1, 111, 0, 0],
	...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** @throws TrainerError with the code UNSUPPORTED where the engine lacks what the kernel needs */
export async function compile(readBytes: () => Promise<BufferSource>): Promise<WebAssembly.Module> {
	const hasAll =
		typeof WebAssembly !== 'undefined' && WebAssembly.validate(probe) && typeof DecompressionStream !== 'undefined';
	if (!hasAll) {
		const needed = 'WebAssembly SIMD, reference types of WebAssembly or DecompressionStream';
		const engines = 'Chrome 96, Firefox 113, Safari 16.4, Node 20 or later';
		throw new TrainerError(`this engine lacks ${needed} (${engines})`, 'UNSUPPORTED');
	}
	return WebAssembly.compile(await readBytes());
}
