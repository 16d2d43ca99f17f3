/** Samples in the module's memory. */
import type { KernelSamples } from '../../crate/pkg/softmax_simd.js';
import type { InputKind } from '../api/trainer-options.js';
import { allocated, crate, outOfMemory, view } from './instance.js';

/**
 * Allocates `count` samples, which take `bytes` with their targets.
 *
 * @throws TrainerError with code OUT_OF_MEMORY
 */
export function allocateSamples(kind: InputKind, count: number, features: number, bytes: number): Samples {
	const what = `${count} samples of ${features} features`;
	// The kernel takes 32-bit sizes: a larger one would arrive modulo 2³².
	if (count * features >= 2 ** 32) throw outOfMemory(what);
	return new Samples(allocated(crate.KernelSamples[kind](count, features), what), kind, count, features, bytes);
}

/** Inputs `[count, D]` and their targets in the module's memory. `free` frees them; so does garbage collection. */
export class Samples {
	#isFree = false;

	constructor(
		readonly handle: KernelSamples,
		readonly kind: InputKind,
		readonly count: number,
		readonly features: number,
		/** Bytes of inputs and targets. */
		readonly bytes: number,
	) {}

	/** Writes rows of inputs, the first of them at row `row`. */
	writeInputs(row: number, values: Uint8Array | Float32Array): void {
		const ViewType = this.kind === 'uint8' ? Uint8Array : Float32Array;
		view<Uint8Array | Float32Array>(ViewType, this.handle.inputs(), this.count * this.features).set(
			values,
			row * this.features,
		);
	}

	/** An array for the class of every sample: a view to be filled at once, never kept. */
	allocateClasses(): Uint16Array {
		return view(Uint16Array, allocated(this.handle.allocateLabels(), `${this.count} labels`), this.count);
	}

	/** Sets soft targets `[count, C]`. */
	setTargets(targets: Float32Array, classes: number): void {
		const address = allocated(this.handle.allocateTargets(classes), `${this.count} rows of ${classes} targets`);
		view(Float32Array, address, targets.length).set(targets);
		this.handle.rankTargets();
		this.hasSoftTargets = true;
	}

	/** The class of every sample, that of the largest target where targets are soft: a view, never keep it. */
	get classes(): Uint16Array {
		const address = this.handle.labels();
		return address === undefined ? new Uint16Array(0) : view(Uint16Array, address, this.count);
	}

	/** Sets the weights of the samples in the loss, `[count]`; undefined gives all of them weight 1. */
	setSampleWeights(weights: Float32Array | undefined): void {
		if (!weights) this.handle.clearWeights();
		else view(Float32Array, allocated(this.handle.allocateWeights(), `${this.count} weights`), this.count).set(weights);
	}

	/** Whether targets are distributions over the classes. */
	hasSoftTargets = false;

	/** Drops targets and classes: the samples are unlabelled then. */
	forgetTargets(): void {
		this.handle.clearTargets();
	}

	get hasTargets(): boolean {
		return this.handle.labels() !== undefined;
	}

	/** Row, column and value of the first input that is NaN or infinite. */
	firstNonFinite(): { row: number; column: number; value: number } | undefined {
		const position = this.handle.firstNonFinite();
		if (position === undefined) return undefined;
		const value = view(Float32Array, this.handle.inputs(), position + 1)[position];
		return { row: Math.floor(position / this.features), column: position % this.features, value };
	}

	/** Calling it again does nothing. */
	free(): void {
		if (!this.#isFree) this.handle.free();
		this.#isFree = true;
	}
}
