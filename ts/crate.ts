/** What crate/src/wasm.rs exports, and documents. Addresses are of the module's memory; 0 stands where memory did not suffice. */
export interface Crate {
	readonly memory: WebAssembly.Memory;

	cosineRate(initial: number, last: number, done: number, total: number): number;
	linearRate(initial: number, last: number, done: number, total: number): number;
	stepRate(initial: number, factor: number, every: number, epochs: number): number;

	createSamples(count: number, features: number, bytes: boolean): number;
	freeSamples(samples: number): void;
	inputs(samples: number): number;
	allocateClasses(samples: number): number;
	allocateTargets(samples: number, classes: number): number;
	rankTargets(samples: number): void;
	forgetTargets(samples: number): void;
	classes(samples: number): number;
	allocateWeights(samples: number): number;
	forgetWeights(samples: number): void;
	firstNonFinite(samples: number): number;

	createModel(features: number, classes: number, fixed16: boolean): number;
	freeModel(model: number): void;
	initialize(model: number, seed: number, deviation: number): void;
	parameters(model: number): number;
	scale(model: number): number;
	shift(model: number): number;
	settleScaling(model: number): void;
	setOptimizer(
		model: number,
		momentum: number,
		nesterov: boolean,
		weightDecay: number,
		decayBias: boolean,
		labelSmoothing: number,
	): void;
	velocity(model: number): number;
	allocateVelocity(model: number): number;
	forgetVelocity(model: number): void;
	holdOut(model: number, samples: number, fraction: number, seed: number): number;
	beginEpoch(model: number, count: number, shuffled: boolean, seed: number, epoch: number): void;
	train(model: number, samples: number, start: number, end: number, learningRate: number): number;
	evaluate(model: number, samples: number, heldOut: boolean): number;
	measuredWeight(model: number): number;
	correct(model: number): number;
	predict(model: number, samples: number, start: number, end: number): number;
}
