/** What the bundler makes of the crate: the classes and functions of crate/src/wasm.rs, which documents them. */
declare module '*/crate/Cargo.toml?custom' {
	/** Where the .wasm file is. */
	export const module: URL;
	export function init(options: { module: WebAssembly.Module }): Promise<Crate>;

	interface Crate {
		kernelMemory(): WebAssembly.Memory;
		cosineRate(initial: number, last: number, done: number, total: number): number;
		linearRate(initial: number, last: number, done: number, total: number): number;
		stepRate(initial: number, factor: number, every: number, epochs: number): number;
		KernelSamples: {
			uint8(count: number, features: number): KernelSamples | undefined;
			float32(count: number, features: number): KernelSamples | undefined;
		};
		KernelModel: new (features: number, classes: number, fixed16: boolean) => KernelModel;
	}

	export interface KernelSamples {
		inputs(): number;
		classes(): number | undefined;
		targets(classes: number): number | undefined;
		rankTargets(): void;
		forgetTargets(): void;
		hasTargets(): boolean;
		readClasses(): number;
		setWeights(weights?: Float32Array): void;
		firstNonFinite(): number;
		free(): void;
	}

	export interface KernelModel {
		initialize(seed: number, deviation: number): void;
		weight(): number;
		bias(): number;
		setScaling(scale: Float32Array, shift: Float32Array): void;
		setOptimizer(
			momentum: number,
			nesterov: boolean,
			weightDecay: number,
			decayBias: boolean,
			labelSmoothing: number,
		): void;
		velocity(): Float32Array;
		setVelocity(values: Float32Array): void;
		holdOut(samples: KernelSamples, fraction: number, seed: number): number;
		beginEpoch(count: number, shuffled: boolean, seed: number, epoch: number): void;
		train(samples: KernelSamples, start: number, end: number, learningRate: number): number;
		evaluate(samples: KernelSamples): number;
		validate(samples: KernelSamples): number;
		measuredWeight(): number;
		correct(): number;
		predict(samples: KernelSamples, start: number, end: number): number;
		free(): void;
	}
}
