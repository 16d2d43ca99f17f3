/** The only file that touches the WASM module: it turns addresses into typed arrays and sizes that do not fit into errors. */
import type { Crate } from './crate.js';
import { TrainerError } from './errors.js';

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
	loading ??= WebAssembly.instantiate(module).then(
		({ exports }) => {
			crate = exports as unknown as Crate;
		},
		(error) => {
			loading = undefined;
			throw error;
		},
	);
	return loading;
}

/** Frees what was forgotten without `free`. */
const forgotten = new FinalizationRegistry((free: () => void) => free());

/** Bytes of the module's memory. */
export function memoryBytes(): number {
	return crate.memory.buffer.byteLength;
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
	const fits = count * features < 2 ** 32;
	const address = fits && crate.createSamples(count, features, kind === 'uint8');
	if (!address) throw outOfMemory(`${count} samples of ${features} features`);
	return new Samples(address, kind, count, features, bytes);
}

/** A view of memory, good until the module's memory grows: never keep it. */
function view<T>(
	ViewType: new (buffer: ArrayBuffer, address: number, length: number) => T,
	address: number,
	length: number,
): T {
	return new ViewType(crate.memory.buffer, address >>> 0, length);
}

/** As `view`, of memory that was asked for and may not suffice. */
function allocated<T>(
	ViewType: new (buffer: ArrayBuffer, address: number, length: number) => T,
	address: number,
	length: number,
	what: string,
): T {
	if (!address) throw outOfMemory(what);
	return view(ViewType, address, length);
}

function outOfMemory(what: string): TrainerError {
	return new TrainerError(
		`${what}: does not fit into the memory of the WebAssembly module (4 GB at most)`,
		'OUT_OF_MEMORY',
	);
}

/** Inputs `[count, D]` and their targets in the module's memory. */
export class Samples {
	constructor(
		/** 0 once they are freed. */
		public address: number,
		readonly kind: InputKind,
		readonly count: number,
		readonly features: number,
		/** What they and their targets take. */
		readonly bytes: number,
	) {
		forgotten.register(this, () => crate.freeSamples(address), this);
	}

	/** Writes rows of inputs from row `row` on. */
	writeInputs(row: number, values: Uint8Array | Float32Array): void {
		const ViewType = this.kind === 'uint8' ? Uint8Array : Float32Array;
		view<Uint8Array | Float32Array>(ViewType, crate.inputs(this.address), this.count * this.features).set(
			values,
			row * this.features,
		);
	}

	/** The array to write the class of every sample into, at once. */
	allocateClasses(): Uint16Array {
		return allocated(Uint16Array, crate.allocateClasses(this.address), this.count, `${this.count} labels`);
	}

	/** Sets soft targets `[count, C]`. */
	setTargets(targets: Float32Array, classes: number): void {
		const address = crate.allocateTargets(this.address, classes);
		allocated(Float32Array, address, targets.length, `${this.count} rows of ${classes} targets`).set(targets);
		crate.rankTargets(this.address);
		this.hasSoftTargets = true;
	}

	/** The class of every sample, of soft targets the largest; a view, never keep it. */
	get classes(): Uint16Array {
		return view(Uint16Array, crate.classes(this.address), this.count);
	}

	/** How much every sample counts in training, `[count]`; nothing where all count 1. */
	setWeights(weights: Float32Array | undefined): void {
		if (!weights) crate.forgetWeights(this.address);
		else allocated(Float32Array, crate.allocateWeights(this.address), this.count, `${this.count} weights`).set(weights);
	}

	/** Whether targets are distributions. */
	hasSoftTargets = false;

	/** Makes the samples unlabelled. */
	forgetTargets(): void {
		crate.forgetTargets(this.address);
	}

	get hasTargets(): boolean {
		return crate.classes(this.address) !== 0;
	}

	/** Position of the first input that is NaN or infinite with its value. */
	firstNonFinite(): { row: number; column: number; value: number } | undefined {
		const position = crate.firstNonFinite(this.address);
		if (position < 0) return undefined;
		const value = view(Float32Array, crate.inputs(this.address), position + 1)[position];
		return { row: Math.floor(position / this.features), column: position % this.features, value };
	}

	free(): void {
		if (forgotten.unregister(this)) crate.freeSamples(this.address);
		this.address = 0;
	}
}

/** Sum of weighted losses, sum of weights, and number of samples predicted rightly. */
export interface Measure {
	loss: number;
	weight: number;
	correct: number;
}

/** A copy of all that training changes. */
export interface ModelState {
	weight: Float32Array;
	bias: Float32Array;
	/** Momentum's memory, of weights and then of biases; empty where there is none. */
	velocity: Float32Array;
}

/** The classifier's parameters and scratch in the module's memory. */
export class Model {
	/** 0 once it is freed. */
	#address: number;
	#scaling: Scaling | undefined;

	/** A model whose parameters are zero; `fixed16` says whether bytes are computed in int16. */
	constructor(
		readonly features: number,
		readonly classes: number,
		fixed16: boolean,
	) {
		const address = crate.createModel(features, classes, fixed16);
		if (!address) throw outOfMemory(`a model of ${features} features and ${classes} classes`);
		this.#address = address;
		forgotten.register(this, () => crate.freeModel(address), this);
	}

	/** W ~ N(0, deviation²) and b = 0; momentum's memory is forgotten. */
	initialize(seed: number, deviation: number): void {
		crate.initialize(this.#address, seed, deviation);
		crate.forgetVelocity(this.#address);
	}

	/** W followed by b, in place; never keep the view. */
	get #parameters(): Float32Array {
		return view(Float32Array, crate.parameters(this.#address), this.classes * (this.features + 1));
	}

	/** The parameters in place; never keep the views. */
	get parameters(): { weight: Float32Array; bias: Float32Array } {
		const weights = this.classes * this.features;
		return { weight: this.#parameters.subarray(0, weights), bias: this.#parameters.subarray(weights) };
	}

	/** Sets how the inputs of the calls that follow are scaled. */
	useScaling(scaling: Scaling): void {
		if (scaling === this.#scaling) return;
		const write = (address: number, values: Float32Array) => {
			const target = view(Float32Array, address, this.features);
			if (values.length === 1) target.fill(values[0]);
			else target.set(values);
		};
		write(crate.scale(this.#address), scaling.scale);
		write(crate.shift(this.#address), scaling.shift);
		crate.settleScaling(this.#address);
		this.#scaling = scaling;
	}

	/** How the steps that follow are taken. Without momentum its memory is forgotten. */
	setOptimizer(
		momentum: number,
		nesterov: boolean,
		weightDecay: number,
		decayBias: boolean,
		labelSmoothing: number,
	): void {
		crate.setOptimizer(this.#address, momentum, nesterov, weightDecay, decayBias, labelSmoothing);
		if (momentum === 0) crate.forgetVelocity(this.#address);
	}

	/** Holds out a fraction of every class, or nothing; returns how many samples are left to train on. */
	holdOut(samples: Samples, fraction: number, seed: number): number {
		return crate.holdOut(this.#address, samples.address, fraction, seed) >>> 0;
	}

	/** Copies all that training changes. */
	keepState(): ModelState {
		const { weight, bias } = this.parameters;
		const velocity = crate.velocity(this.#address);
		const length = velocity && weight.length + bias.length;
		return { weight: weight.slice(), bias: bias.slice(), velocity: view(Float32Array, velocity, length).slice() };
	}

	restoreState({ weight, bias, velocity }: ModelState): void {
		if (velocity.length === 0) crate.forgetVelocity(this.#address);
		else view(Float32Array, crate.allocateVelocity(this.#address), velocity.length).set(velocity);
		const { parameters } = this;
		parameters.weight.set(weight);
		parameters.bias.set(bias);
	}

	/** Whether no parameter is NaN or infinite. */
	isFinite(): boolean {
		return this.#parameters.every(Number.isFinite);
	}

	/** Lays down the order of an epoch: shuffled by (seed, epoch), or as the samples are. */
	beginEpoch(count: number, shuffled: boolean, seed: number, epoch: number): void {
		crate.beginEpoch(this.#address, count, shuffled, seed, epoch);
	}

	/** One step on positions `start` to `end` of the epoch's order; measured before it. */
	train(samples: Samples, start: number, end: number, learningRate: number): Measure {
		return this.#measured(crate.train(this.#address, samples.address, start, end, learningRate));
	}

	/** Measures all samples. */
	evaluate(samples: Samples): Measure {
		return this.#measured(crate.evaluate(this.#address, samples.address, false));
	}

	/** Measures the samples held out. */
	validate(samples: Samples): Measure {
		return this.#measured(crate.evaluate(this.#address, samples.address, true));
	}

	#measured(loss: number): Measure {
		return { loss, weight: crate.measuredWeight(this.#address), correct: crate.correct(this.#address) >>> 0 };
	}

	/** Probabilities `[end − start, C]`; a view, good until the next call. */
	predict(samples: Samples, start: number, end: number): Float32Array {
		const address = crate.predict(this.#address, samples.address, start, end);
		return allocated(Float32Array, address, (end - start) * this.classes, `${end - start} predictions`);
	}

	free(): void {
		if (forgotten.unregister(this)) crate.freeModel(this.#address);
		this.#address = 0;
	}
}
