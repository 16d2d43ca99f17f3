/** The only file that touches the WASM module: it turns addresses into typed arrays and sizes that do not fit into errors. */
import type { KernelModel, KernelSamples } from '../crate/pkg/softmax_simd.js';
import { type InitOutput as Crate, init } from '../crate/pkg/softmax_simd_custom.js';
import { TrainerError } from './errors.js';
import type { Weights } from './options.js';

/** The element type of samples. */
export type InputKind = 'uint8' | 'float32';

/** x' = x · scale + shift: one value, or one per feature. */
export interface Scaling {
	scale: Float32Array;
	shift: Float32Array;
}

let crate: Crate;
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

/** Room for `count` samples, which with their targets take `bytes`. Throws a TrainerError where memory does not suffice. */
export function allocateSamples(kind: InputKind, count: number, features: number, bytes: number): Samples {
	const what = `${count} samples of ${features} features`;
	// Larger numbers would arrive as what is left of them in 32 bits.
	if (count * features >= 2 ** 32) throw outOfMemory(what);
	return new Samples(allocated(crate.KernelSamples[kind](count, features), what), kind, count, features, bytes);
}

/** A view of memory, good until the module's memory grows: never keep it. */
function view<T>(
	ViewType: new (buffer: ArrayBuffer, address: number, length: number) => T,
	address: number,
	length: number,
): T {
	return new ViewType(crate.kernelMemory().buffer, address, length);
}

/** What was asked for, where memory sufficed. */
function allocated<T>(value: T | undefined, what: string): T {
	if (value === undefined) throw outOfMemory(what);
	return value;
}

function outOfMemory(what: string): TrainerError {
	return new TrainerError(
		`${what}: does not fit into the memory of the WebAssembly module (4 GB at most)`,
		'OUT_OF_MEMORY',
	);
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

/** Sum of weighted losses, sum of weights, and number of samples predicted rightly. */
export interface Measure {
	loss: number;
	totalWeight: number;
	correct: number;
}

/** How steps are taken, as torch.optim.SGD has it. */
export interface OptimizerSettings {
	momentum: number;
	nesterov: boolean;
	weightDecay: number;
	decayBias: boolean;
}

/** A copy of all that training changes. */
export interface ModelState {
	weight: Float32Array;
	bias: Float32Array;
	/** The momentum buffer, of weights and then of biases; empty where there is none. */
	velocity: Float32Array;
}

/** The classifier's parameters and scratch in the module's memory. One that is forgotten without `free` is freed as well. */
export class Model {
	readonly #handle: KernelModel;
	#isFree = false;
	#scaling: Scaling | undefined;

	/** A model whose parameters are zero; `fixed16` says whether bytes are computed in int16. */
	constructor(
		readonly features: number,
		readonly classes: number,
		fixed16: boolean,
	) {
		const handle = crate.KernelModel.create(features, classes, fixed16);
		this.#handle = allocated(handle, `a model of ${features} features and ${classes} classes`);
	}

	/** W ~ N(0, deviation²) and b = 0; the momentum buffer is forgotten. */
	initialize(seed: number, deviation: number): void {
		this.#handle.initialize(seed, deviation);
	}

	/** The parameters in place; never keep the views. */
	get parameters(): Weights {
		return this.#weights(this.#handle.parameters());
	}

	get #gradient(): Weights {
		return this.#weights(this.#handle.gradient());
	}

	/** W followed by b, in place. */
	#weights(address: number): Weights {
		const weights = this.classes * this.features;
		const all = view(Float32Array, address, weights + this.classes);
		return { weight: all.subarray(0, weights), bias: all.subarray(weights) };
	}

	/** Sets how the inputs of the calls that follow are scaled. */
	useScaling(scaling: Scaling): void {
		if (scaling === this.#scaling) return;
		const write = (address: number, values: Float32Array) => {
			const target = view(Float32Array, address, this.features);
			if (values.length === 1) target.fill(values[0]);
			else target.set(values);
		};
		write(this.#handle.scale(), scaling.scale);
		write(this.#handle.shift(), scaling.shift);
		this.#handle.refreshScaling();
		this.#scaling = scaling;
	}

	/** How the steps that follow are taken. Without momentum its buffer is dropped. */
	setOptimizer({ momentum, nesterov, weightDecay, decayBias }: OptimizerSettings): void {
		const fits = this.#handle.setOptimizer(momentum, nesterov, weightDecay, decayBias);
		if (!fits) throw outOfMemory('the momentum buffer');
	}

	/** ε of targets (1 − ε) Y + ε / C in the gradients that follow. */
	setLabelSmoothing(labelSmoothing: number): void {
		this.#handle.setLabelSmoothing(labelSmoothing);
	}

	/** Makes room for what batches of up to `rows` of such samples need. */
	reserve(samples: Samples, rows: number): void {
		this.#check(this.#handle.reserve(samples.handle, rows));
	}

	/** Holds out a fraction of every class, or nothing; returns how many samples are left to train on. */
	holdOut(samples: Samples, fraction: number, seed: number): number {
		return allocated(this.#handle.holdOut(samples.handle, fraction, seed), 'a validation split');
	}

	/** Copies all that training changes. */
	keepState(): ModelState {
		const { weight, bias } = this.parameters;
		const address = this.#handle.momentumBuffer();
		const velocity =
			address === undefined ? new Float32Array(0) : view(Float32Array, address, weight.length + bias.length).slice();
		return { weight: weight.slice(), bias: bias.slice(), velocity };
	}

	restoreState({ weight, bias, velocity }: ModelState): void {
		if (velocity.length === 0) this.#handle.clearMomentumBuffer();
		else {
			const address = allocated(this.#handle.allocateMomentumBuffer(), 'the momentum buffer');
			view(Float32Array, address, velocity.length).set(velocity);
		}
		const { parameters } = this;
		parameters.weight.set(weight);
		parameters.bias.set(bias);
	}

	/** Whether no parameter is NaN or infinite. */
	isFinite(): boolean {
		const { weight, bias } = this.parameters;
		return weight.every(Number.isFinite) && bias.every(Number.isFinite);
	}

	/** Lays down the order of an epoch: shuffled by (seed, epoch), or as the samples are. */
	beginEpoch(count: number, shuffled: boolean, seed: number, epoch: number): void {
		if (!this.#handle.beginEpoch(count, shuffled, seed, epoch)) throw outOfMemory(`the order of ${count} samples`);
	}

	/** One step on positions `start` to `end` of the epoch's order; measured before it. */
	train(samples: Samples, start: number, end: number, learningRate: number): Measure {
		return this.#measured(this.#handle.train(samples.handle, start, end, learningRate));
	}

	/** The gradient of positions `start` to `end` of the epoch's order, a sum over them; measured as well. */
	differentiate(samples: Samples, start: number, end: number): Measure & Weights {
		const measure = this.#measured(this.#handle.differentiate(samples.handle, start, end));
		const { weight, bias } = this.#gradient;
		return { ...measure, weight: weight.slice(), bias: bias.slice() };
	}

	/** One step along the sum of gradients of samples that together weigh `total`. */
	step(gradients: readonly Weights[], total: number, learningRate: number): void {
		const sum = this.#gradient;
		sum.weight.fill(0);
		sum.bias.fill(0);
		for (const { weight, bias } of gradients) {
			// A sum of two float32 in float64, rounded to float32, is their float32 sum.
			for (let index = 0; index < weight.length; index++) sum.weight[index] += weight[index];
			for (let index = 0; index < bias.length; index++) sum.bias[index] += bias[index];
		}
		this.#handle.step(total, learningRate);
	}

	/** Measures all samples. */
	evaluate(samples: Samples): Measure {
		return this.#measured(this.#handle.evaluate(samples.handle, false));
	}

	/** Measures the samples held out. */
	validate(samples: Samples): Measure {
		return this.#measured(this.#handle.evaluate(samples.handle, true));
	}

	#measured(fits: boolean): Measure {
		this.#check(fits);
		return { loss: this.#handle.loss(), totalWeight: this.#handle.weight(), correct: this.#handle.correct() };
	}

	#check(fits: boolean): void {
		if (!fits) throw outOfMemory(`training ${this.features} features and ${this.classes} classes`);
	}

	/** Probabilities `[end − start, C]`; a view, good until the next call. */
	predict(samples: Samples, start: number, end: number): Float32Array {
		const address = allocated(this.#handle.predict(samples.handle, start, end), `${end - start} predictions`);
		return view(Float32Array, address, (end - start) * this.classes);
	}

	/** What is free already stays so. */
	free(): void {
		if (!this.#isFree) this.#handle.free();
		this.#isFree = true;
	}
}
