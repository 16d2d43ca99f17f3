/** The instance of the WASM module that all engines of a thread share. This room alone touches it. */
import { type InitOutput as Crate, init } from '../../crate/pkg/softmax_simd_custom.js';
import { TrainerError } from '../api/errors.js';

/** What the module exports, once it is loaded. */
export let crate: Crate;
let loading: Promise<void> | undefined;

/** Makes the one instance that all engines of a thread share; later calls find it made. */
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

/** Bytes of the module's memory. */
export function memoryBytes(): number {
	return crate.kernelMemory().buffer.byteLength;
}

/** The learning rate after `done` of `total` batches of half a cosine from `initial` to `last`. */
export function cosineRate(initial: number, last: number, done: number, total: number): number {
	return crate.cosineRate(initial, last, done, total);
}

/** As `cosineRate`, on a straight line. */
export function linearRate(initial: number, last: number, done: number, total: number): number {
	return crate.linearRate(initial, last, done, total);
}

/** The learning rate after `epochs` epochs, multiplied by `factor` after every `every` of them. */
export function stepRate(initial: number, factor: number, every: number, epochs: number): number {
	return crate.stepRate(initial, factor, every, epochs);
}

/** A view of memory, good until the module's memory grows: never keep it. */
export function view<T>(
	ViewType: new (buffer: ArrayBuffer, address: number, length: number) => T,
	address: number,
	length: number,
): T {
	return new ViewType(crate.kernelMemory().buffer, address, length);
}

/** What was asked for, where memory sufficed. */
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
