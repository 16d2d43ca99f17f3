/** The only file that touches the WASM module: it turns addresses into typed arrays and sizes that do not fit into errors. */
import { init, type KernelModel, type KernelSamples } from '../crate/Cargo.toml?custom';
import { TrainerError } from './errors.js';

type Crate = Awaited<ReturnType<typeof init>>;

/** The element type of samples. */
export type InputKind = 'uint8' | 'float32';

/** x' = x · scale + shift: one value, or one per feature. */
export interface Scaling {
	scale: Float32Array;
	shift: Float32Array;
}

function outOfMemory(what: string): TrainerError {
	return new TrainerError(
		`${what}: does not fit into the memory of the WebAssembly module (4 GB at most)`,
		'OUT_OF_MEMORY',
	);
}

/** An instance of the module. All kernels of a thread share it. */
export class Kernel {
	readonly #crate: Crate;

	private constructor(crate: Crate) {
		this.#crate = crate;
	}

	static async load(module: WebAssembly.Module): Promise<Kernel> {
		return new Kernel(await init({ module }));
	}

	/** Room for `count` samples, which with their targets take `bytes`. Throws a TrainerError where memory does not suffice. */
	allocateSamples(kind: InputKind, count: number, features: number, bytes: number): Samples {
		const { KernelSamples } = this.#crate;
		const fits = count * features < 2 ** 32;
		const samples = fits ? KernelSamples[kind](count, features) : undefined;
		if (!samples) throw outOfMemory(`${count} samples of ${features} features`);
		return new Samples(this, samples, kind, count, features, bytes);
	}

	/** A model whose parameters are zero; `fixed16` says whether bytes are computed in int16. */
	createModel(features: number, classes: number, fixed16: boolean): Model {
		return new Model(this, new this.#crate.KernelModel(features, classes, fixed16), features, classes);
	}

	/** The learning rate after `done` of `total` batches of half a cosine from `initial` to `last`. */
	cosineRate(initial: number, last: number, done: number, total: number): number {
		return this.#crate.cosineRate(initial, last, done, total);
	}

	/** As `cosineRate`, on a straight line. */
	linearRate(initial: number, last: number, done: number, total: number): number {
		return this.#crate.linearRate(initial, last, done, total);
	}

	/** The learning rate after `epochs` epochs, multiplied by `factor` after every `every` of them. */
	stepRate(initial: number, factor: number, every: number, epochs: number): number {
		return this.#crate.stepRate(initial, factor, every, epochs);
	}

	/** Bytes of the module's memory. */
	get memoryBytes(): number {
		return this.#crate.kernelMemory().buffer.byteLength;
	}

	/** A view of memory, good until the module's memory grows: never keep it. */
	view<T>(
		ViewType: new (buffer: ArrayBuffer, address: number, length: number) => T,
		address: number,
		length: number,
	): T {
		return new ViewType(this.#crate.kernelMemory().buffer, address >>> 0, length);
	}
}

/** Inputs `[count, D]` and their targets in the module's memory. */
export class Samples {
	readonly #kernel: Kernel;

	constructor(
		kernel: Kernel,
		readonly handle: KernelSamples,
		readonly kind: InputKind,
		readonly count: number,
		readonly features: number,
		/** What they and their targets take. */
		readonly bytes: number,
	) {
		this.#kernel = kernel;
	}

	/** Writes rows of inputs from row `row` on. */
	writeInputs(row: number, values: Uint8Array | Float32Array): void {
		const length = this.count * this.features;
		const view =
			this.kind === 'uint8'
				? this.#kernel.view(Uint8Array, this.handle.inputs(), length)
				: this.#kernel.view(Float32Array, this.handle.inputs(), length);
		view.set(values, row * this.features);
	}

	/** The array to write the class of every sample into, at once. */
	allocateClasses(): Uint16Array {
		const address = this.handle.classes();
		if (address === undefined) throw outOfMemory(`${this.count} labels`);
		return this.#kernel.view(Uint16Array, address, this.count);
	}

	/** Sets soft targets `[count, C]`. */
	setTargets(targets: Float32Array, classes: number): void {
		const address = this.handle.targets(classes);
		if (address === undefined) throw outOfMemory(`${this.count} rows of ${classes} targets`);
		this.#kernel.view(Float32Array, address, targets.length).set(targets);
		this.handle.rankTargets();
		this.hasSoftTargets = true;
	}

	/** The class of every sample, of soft targets the largest; a view, never keep it. */
	get classes(): Uint16Array {
		return this.#kernel.view(Uint16Array, this.handle.readClasses(), this.count);
	}

	/** How much every sample counts in training, `[count]`; nothing where all count 1. */
	setWeights(weights: Float32Array | undefined): void {
		this.handle.setWeights(weights);
	}

	/** Whether targets are distributions. */
	hasSoftTargets = false;

	/** Makes the samples unlabelled. */
	forgetTargets(): void {
		this.handle.forgetTargets();
	}

	get hasTargets(): boolean {
		return this.handle.hasTargets();
	}

	/** Position of the first input that is NaN or infinite with its value. */
	firstNonFinite(): { row: number; column: number; value: number } | undefined {
		const position = this.handle.firstNonFinite();
		if (position < 0) return undefined;
		const value = this.#kernel.view(Float32Array, this.handle.inputs(), position + 1)[position];
		return { row: Math.floor(position / this.features), column: position % this.features, value };
	}

	free(): void {
		this.handle.free();
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
	velocity: Float32Array;
}

/** The classifier's parameters and scratch in the module's memory. */
export class Model {
	readonly #kernel: Kernel;
	readonly #handle: KernelModel;
	#scaling: Scaling | undefined;

	constructor(
		kernel: Kernel,
		handle: KernelModel,
		readonly features: number,
		readonly classes: number,
	) {
		this.#kernel = kernel;
		this.#handle = handle;
	}

	/** W ~ N(0, deviation²) and b = 0; momentum's memory is forgotten. */
	initialize(seed: number, deviation: number): void {
		this.#handle.initialize(seed, deviation);
		this.#handle.setVelocity(new Float32Array(0));
	}

	/** The parameters in place; never keep the views. */
	get parameters(): { weight: Float32Array; bias: Float32Array } {
		return {
			weight: this.#kernel.view(Float32Array, this.#handle.weight(), this.classes * this.features),
			bias: this.#kernel.view(Float32Array, this.#handle.bias(), this.classes),
		};
	}

	/** Sets how the inputs of the calls that follow are scaled. */
	useScaling(scaling: Scaling): void {
		if (scaling === this.#scaling) return;
		this.#handle.setScaling(scaling.scale, scaling.shift);
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
		this.#handle.setOptimizer(momentum, nesterov, weightDecay, decayBias, labelSmoothing);
		if (momentum === 0) this.#handle.setVelocity(new Float32Array(0));
	}

	/** Holds out a fraction of every class, or nothing; returns how many samples are left to train on. */
	holdOut(samples: Samples, fraction: number, seed: number): number {
		return this.#handle.holdOut(samples.handle, fraction, seed);
	}

	/** Copies all that training changes. */
	keepState(): ModelState {
		const { weight, bias } = this.parameters;
		return { weight: weight.slice(), bias: bias.slice(), velocity: this.#handle.velocity() };
	}

	restoreState({ weight, bias, velocity }: ModelState): void {
		this.parameters.weight.set(weight);
		this.parameters.bias.set(bias);
		this.#handle.setVelocity(velocity);
	}

	/** Whether no parameter is NaN or infinite. */
	isFinite(): boolean {
		const { weight, bias } = this.parameters;
		return weight.every(Number.isFinite) && bias.every(Number.isFinite);
	}

	/** Lays down the order of an epoch: shuffled by (seed, epoch), or as the samples are. */
	beginEpoch(count: number, shuffled: boolean, seed: number, epoch: number): void {
		this.#handle.beginEpoch(count, shuffled, seed, epoch);
	}

	/** One step on positions `start` to `end` of the epoch's order; measured before it. */
	train(samples: Samples, start: number, end: number, learningRate: number): Measure {
		return this.#measured(this.#handle.train(samples.handle, start, end, learningRate));
	}

	/** Measures all samples. */
	evaluate(samples: Samples): Measure {
		return this.#measured(this.#handle.evaluate(samples.handle));
	}

	/** Measures the samples held out. */
	validate(samples: Samples): Measure {
		return this.#measured(this.#handle.validate(samples.handle));
	}

	#measured(loss: number): Measure {
		return { loss, weight: this.#handle.measuredWeight(), correct: this.#handle.correct() };
	}

	/** Probabilities `[end − start, C]`; a view, good until the next call. */
	predict(samples: Samples, start: number, end: number): Float32Array {
		const address = this.#handle.predict(samples.handle, start, end);
		return this.#kernel.view(Float32Array, address, (end - start) * this.classes);
	}

	free(): void {
		this.#handle.free();
	}
}
