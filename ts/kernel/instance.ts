/** The instance of the WASM module that all engines of a thread share. Only this folder uses it. */
import { type InitOutput as Crate, init } from '../../crate/pkg/softmax_simd_custom.js';
import { TrainerError } from '../api/errors.js';

/** The exports of the module; defined once `loadKernel` has resolved. */
export let crate: Crate;
let loading: Promise<void> | undefined;

/** Instantiates the module on the first call; later calls wait for the same instance. */
export function loadKernel(module: WebAssembly.Module): Promise<void> {
	loading ??= init({ module }).then(
		(loaded) => {
			crate = loaded;
		},
		(error) => {
			loading = undefined;
			throw error;
		},
	);
	return loading;
}

/** Size of the module's memory in bytes. */
export function memoryBytes(): number {
	return crate.kernelMemory().buffer.byteLength;
}

/** The learning rate after `done` of `total` batches of half a cosine from `initial` to `last`. */
export function cosineRate(initial: number, last: number, done: number, total: number): number {
	return crate.cosineRate(initial, last, done, total);
}

/** The learning rate after `done` of `total` batches on a straight line from `initial` to `last`. */
export function linearRate(initial: number, last: number, done: number, total: number): number {
	return crate.linearRate(initial, last, done, total);
}

/** The learning rate after `epochs` epochs, multiplied by `factor` after every `every` of them. */
export function stepRate(initial: number, factor: number, every: number, epochs: number): number {
	return crate.stepRate(initial, factor, every, epochs);
}

/** A view of the module's memory. It is detached when the memory grows, so never keep it. */
export function view<T>(
	ViewType: new (buffer: ArrayBuffer, address: number, length: number) => T,
	address: number,
	length: number,
): T {
	return new ViewType(crate.kernelMemory().buffer, address, length);
}

/** @throws TrainerError with code OUT_OF_MEMORY where the kernel could not allocate `what` */
export function allocated<T>(value: T | undefined, what: string): T {
	if (value === undefined) throw outOfMemory(what);
	return value;
}

export function outOfMemory(what: string): TrainerError {
	return new TrainerError(
		`${what}: does not fit into the memory of the WebAssembly module (4 GB at most)`,
		'OUT_OF_MEMORY',
	);
}
