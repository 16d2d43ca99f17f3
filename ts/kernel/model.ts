/** The model in the module's memory: addresses become typed arrays, failed allocations become errors. */
import type { KernelModel } from '../../crate/pkg/softmax_simd.js';
import type { OptimizerSettings } from '../api/fit-options.js';
import type { Scaling } from '../api/trainer-options.js';
import type { Weights } from '../api/types.js';
import { allocated, crate, outOfMemory, view } from './instance.js';
import type { Samples } from './samples.js';

/** Sum of weighted losses in nats, sum of weights, and number of samples whose largest logit is the label's. */
export interface Metrics {
	loss: number;
	totalWeight: number;
	correct: number;
}

/** A copy of all that training changes. */
export interface ModelState {
	weight: Float32Array;
	bias: Float32Array;
	/** The values for the weights, and then those for the biases. It is empty if the model has no momentum buffer. */
	momentumBuffer: Float32Array;
}

/** The classifier's parameters and scratch in the module's memory. `free` frees them; so does garbage collection. */
export class Model {
	readonly #handle: KernelModel;
	#isFree = false;
	#scaling: Scaling | undefined;

	/** A model whose parameters are zero. With `fixed16`, products of bytes and weights are computed in int16. */
	constructor(
		readonly features: number,
		readonly classes: number,
		fixed16: boolean,
	) {
		const handle = crate.KernelModel.create(features, classes, fixed16);
		this.#handle = allocated(handle, `a model of ${features} features and ${classes} classes`);
	}

	/** W ~ N(0, deviation²) and b = 0; drops the momentum buffer. */
	initialize(seed: number, deviation: number): void {
		this.#handle.initialize(seed, deviation);
	}

	/** Views of the parameters in the module's memory; never keep them. */
	get parameters(): Weights {
		return this.#weights(this.#handle.parameters());
	}

	get #gradient(): Weights {
		return this.#weights(this.#handle.gradient());
	}

	/** Views of W and of b, which follows it. */
	#weights(address: number): Weights {
		const weights = this.classes * this.features;
		const all = view(Float32Array, address, weights + this.classes);
		return { weight: all.subarray(0, weights), bias: all.subarray(weights) };
	}

	/** Sets the scaling of inputs for the calls that follow. */
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

	/** Sets the optimizer of the steps that follow. Momentum 0 drops the momentum buffer. */
	setOptimizer({ momentum, nesterov, weightDecay, decayBias }: OptimizerSettings): void {
		const fits = this.#handle.setOptimizer(momentum, nesterov, weightDecay, decayBias);
		if (!fits) throw outOfMemory('the momentum buffer');
	}

	/** ε of targets (1 − ε) Y + ε / C in the gradients that follow. */
	setLabelSmoothing(labelSmoothing: number): void {
		this.#handle.setLabelSmoothing(labelSmoothing);
	}

	/** Allocates the scratch that batches of up to `rows` such samples need. */
	reserve(samples: Samples, rows: number): void {
		this.#check(this.#handle.reserve(samples.handle, rows));
	}

	/** Holds out a fraction of every class for validation; returns the number of samples left to train on. */
	holdOut(samples: Samples, fraction: number, seed: number): number {
		return allocated(this.#handle.holdOut(samples.handle, fraction, seed), 'a validation split');
	}

	/** A copy of all that training changes. */
	snapshot(): ModelState {
		const { weight, bias } = this.parameters;
		const address = this.#handle.momentumBuffer();
		const momentumBuffer =
			address === undefined ? new Float32Array(0) : view(Float32Array, address, weight.length + bias.length).slice();
		return { weight: weight.slice(), bias: bias.slice(), momentumBuffer };
	}

	restoreState({ weight, bias, momentumBuffer }: ModelState): void {
		if (momentumBuffer.length === 0) this.#handle.clearMomentumBuffer();
		else {
			const address = allocated(this.#handle.allocateMomentumBuffer(), 'the momentum buffer');
			view(Float32Array, address, momentumBuffer.length).set(momentumBuffer);
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

	/** Sets the order of the samples in an epoch: shuffled by (seed, epoch), or as they are stored. */
	beginEpoch(count: number, shuffled: boolean, seed: number, epoch: number): void {
		if (!this.#handle.beginEpoch(count, shuffled, seed, epoch)) throw outOfMemory(`the order of ${count} samples`);
	}

	/** One step on positions `start` to `end` of the epoch's order. Loss and accuracy are those before the step. */
	train(samples: Samples, start: number, end: number, learningRate: number): Metrics {
		return this.#measured(this.#handle.train(samples.handle, start, end, learningRate));
	}

	/** The gradient, loss and accuracy of positions `start` to `end` of the epoch's order, as sums over them. */
	differentiate(samples: Samples, start: number, end: number): Metrics & Weights {
		const measure = this.#measured(this.#handle.differentiate(samples.handle, start, end));
		const { weight, bias } = this.#gradient;
		return { ...measure, weight: weight.slice(), bias: bias.slice() };
	}

	/** One step along the sum of gradients, divided by `total`, the sum of their samples' weights. */
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

	/** Loss and accuracy of all samples, as sums. */
	evaluate(samples: Samples): Metrics {
		return this.#measured(this.#handle.evaluate(samples.handle, false));
	}

	/** Loss and accuracy of the samples that are held out, as sums. */
	validate(samples: Samples): Metrics {
		return this.#measured(this.#handle.evaluate(samples.handle, true));
	}

	#measured(fits: boolean): Metrics {
		this.#check(fits);
		return { loss: this.#handle.loss(), totalWeight: this.#handle.totalWeight(), correct: this.#handle.correct() };
	}

	#check(fits: boolean): void {
		if (!fits) throw outOfMemory(`training ${this.features} features and ${this.classes} classes`);
	}

	/** Probabilities `[end − start, C]`: a view that the next call overwrites. */
	predict(samples: Samples, start: number, end: number): Float32Array {
		const address = allocated(this.#handle.predict(samples.handle, start, end), `${end - start} predictions`);
		return view(Float32Array, address, (end - start) * this.classes);
	}

	/** Calling it again does nothing. */
	free(): void {
		if (!this.#isFree) this.#handle.free();
		this.#isFree = true;
	}
}
