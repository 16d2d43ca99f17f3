/** The browsers' worker carries no kernel: it is sent one that is compiled already. */
export function compileKernel(): never {
	throw new Error('the worker was sent no kernel');
}
