/** Both façades under one name, so that one suite holds for both. */
import { createTrainer, Engine, type Trainer, type TrainerOptions } from 'softmax-simd';
import { afterEach } from 'vitest';

export type Facade = Engine | Trainer;

const created: Facade[] = [];
afterEach(async () => {
	for (const facade of created.splice(0)) await facade.dispose();
});

async function track<T extends Facade>(creating: Promise<T>): Promise<T> {
	const facade = await creating;
	created.push(facade);
	return facade;
}

export const newTrainer = (options?: TrainerOptions): Promise<Trainer> => track(createTrainer(options));
export const newEngine = (options?: TrainerOptions): Promise<Engine> => track(Engine.create(options));

/** Name and constructor of each; disposed of after every test. */
export const facades: [string, (options?: TrainerOptions) => Promise<Facade>][] = [
	['Engine', newEngine],
	['Trainer', newTrainer],
];

/** A value in [−1, 1] that looks like no pattern. */
export function value(index: number): number {
	return ((Math.imul(index, 2_654_435_761) >>> 8) / 2 ** 23 - 1) as number;
}

/** Float32 samples whose class shows in the inputs. */
export function floats(count: number, features: number, classes: number) {
	const labels = Array.from({ length: count }, (_, row) => row % classes);
	const inputs = Float32Array.from({ length: count * features }, (_, index) => {
		const row = Math.floor(index / features);
		return value(index) * 0.5 + ((index % features) % classes === row % classes ? 1 : 0);
	});
	return { inputs, labels };
}

/** The same as bytes. */
export function bytes(count: number, features: number, classes: number) {
	const { inputs, labels } = floats(count, features, classes);
	return { inputs: Uint8Array.from(inputs, (input) => Math.round((input + 0.5) * 127)), labels };
}

/** ‖got − expected‖ / ‖expected‖. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
	if (got.length !== expected.length) return Number.NaN;
	let [error, norm] = [0, 0];
	for (let i = 0; i < got.length; i++) {
		error += (got[i] - expected[i]) ** 2;
		norm += expected[i] ** 2;
	}
	return Math.sqrt(error / norm);
}
