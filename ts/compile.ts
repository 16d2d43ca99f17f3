/** Compiles the kernel's bytes, or says what the engine lacks. */
import { TrainerError } from './errors.js';

/** The smallest module with an instruction of SIMD: `i8x16.popcnt` of a splat. */
const simdModule = Uint8Array.of(
	...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** @throws TrainerError with the code UNSUPPORTED where WebAssembly or its SIMD instructions are missing */
export async function compile(readBytes: () => Promise<BufferSource>): Promise<WebAssembly.Module> {
	if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(simdModule)) {
		const needed = 'WebAssembly SIMD (Chrome 91, Firefox 113, Safari 16.4, Node 20 or later)';
		throw new TrainerError(`this engine lacks ${needed}`, 'UNSUPPORTED');
	}
	return WebAssembly.compile(await readBytes());
}
