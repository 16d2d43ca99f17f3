/** What the bundler makes of the crate: the classes and functions of crate/src/wasm.rs, which documents them. */
declare module '*/crate/Cargo.toml?custom' {
	/** Where the .wasm file is; its bytes where the build inlines it. */
	export const module: URL | Uint8Array<ArrayBuffer>;
	export function init(options: { module: WebAssembly.Module }): Promise<Crate>;

	interface Crate {
		kernelMemory(): WebAssembly.Memory;
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
		hasTargets(): boolean;
		firstNonFinite(): number;
		free(): void;
	}

	export interface KernelModel {
		initialize(seed: number, deviation: number): void;
		weight(): number;
		bias(): number;
		setScaling(scale: Float32Array, shift: Float32Array): void;
		beginEpoch(count: number, shuffled: boolean, seed: number, epoch: number): void;
		train(samples: KernelSamples, start: number, end: number, learningRate: number): number;
		evaluate(samples: KernelSamples, start: number, end: number): number;
		correct(): number;
		predict(samples: KernelSamples, start: number, end: number): number;
		free(): void;
	}
}
