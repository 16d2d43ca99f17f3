/** Samples in the module's memory. */
import type { KernelSamples } from '../../crate/pkg/softmax_simd.js';
import type { InputKind } from '../api/trainer-options.js';
import { allocated, crate, outOfMemory, view } from './instance.js';

/** Room for `count` samples, which with their targets take `bytes`. Throws a TrainerError where memory does not suffice. */
export function allocateSamples(kind: InputKind, count: number, features: number, bytes: number): Samples {
	const what = `${count} samples of ${features} features`;
	// Larger numbers would arrive as what is left of them in 32 bits.
	if (count * features >= 2 ** 32) throw outOfMemory(what);
	return new Samples(allocated(crate.KernelSamples[kind](count, features), what), kind, count, features, bytes);
}

/** Inputs `[count, D]` and their targets in the module's memory. Those that are forgotten without `free` are freed as well. */
export class Samples {
	#isFree = false;

	constructor(
		readonly handle: KernelSamples,
		readonly kind: InputKind,
		readonly count: number,
		readonly features: number,
		/** What they and their targets take. */
		readonly bytes: number,
	) {}

	/** Writes rows of inputs from row `row` on. */
	writeInputs(row: number, values: Uint8Array | Float32Array): void {
		const ViewType = this.kind === 'uint8' ? Uint8Array : Float32Array;
		view<Uint8Array | Float32Array>(ViewType, this.handle.inputs(), this.count * this.features).set(
			values,
			row * this.features,
		);
	}

	/** The array to write the class of every sample into, at once. */
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

	/** The class of every sample, of soft targets the largest; a view, never keep it. */
	get classes(): Uint16Array {
		const address = this.handle.labels();
		return address === undefined ? new Uint16Array(0) : view(Uint16Array, address, this.count);
	}

	/** How much every sample counts in training, `[count]`; nothing where all count 1. */
	setWeights(weights: Float32Array | undefined): void {
		if (!weights) this.handle.clearWeights();
		else view(Float32Array, allocated(this.handle.allocateWeights(), `${this.count} weights`), this.count).set(weights);
	}

	/** Whether targets are distributions. */
	hasSoftTargets = false;

	/** Makes the samples unlabelled. */
	forgetTargets(): void {
		this.handle.clearTargets();
	}

	get hasTargets(): boolean {
		return this.handle.labels() !== undefined;
	}

	/** Position of the first input that is NaN or infinite with its value. */
	firstNonFinite(): { row: number; column: number; value: number } | undefined {
		const position = this.handle.firstNonFinite();
		if (position === undefined) return undefined;
		const value = view(Float32Array, this.handle.inputs(), position + 1)[position];
		return { row: Math.floor(position / this.features), column: position % this.features, value };
	}

	/** What is free already stays so. */
	free(): void {
		if (!this.#isFree) this.handle.free();
		this.#isFree = true;
	}
}
