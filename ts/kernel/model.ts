/** The model in the module's memory: it turns addresses into typed arrays and sizes that do not fit into errors. */
import type { KernelModel } from '../../crate/pkg/softmax_simd.js';
import type { OptimizerSettings } from '../api/fit-options.js';
import type { Scaling } from '../api/trainer-options.js';
import type { Weights } from '../api/types.js';
import { allocated, crate, outOfMemory, view } from './instance.js';
import type { Samples } from './samples.js';

/** Sum of weighted losses, sum of weights, and number of samples predicted rightly. */
export interface Measure {
	loss: number;
	totalWeight: number;
	correct: number;
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
		return { loss: this.#handle.loss(), totalWeight: this.#handle.totalWeight(), correct: this.#handle.correct() };
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
