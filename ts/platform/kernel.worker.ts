/** A browser's worker contains no kernel: the page sends it a compiled one. */
export function compileKernel(): never {
	throw new Error('the worker was sent no kernel');
}
