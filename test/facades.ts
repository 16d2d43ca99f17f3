/** Both façades behind one type, so that one suite tests both. */
import {
	createTrainer,
	type DatasetHandle,
	Engine,
	type EngineDataset,
	type Trainer,
	type TrainerOptions,
	type UnlabelledDataset,
} from 'softmax-simd';
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

/** Name and constructor of each façade; each test's façades are disposed of after it. */
export const facades: [string, (options?: TrainerOptions) => Promise<Facade>][] = [
	['Engine', newEngine],
	['Trainer', newTrainer],
];

/** All parameters, the weights before the biases. */
export async function weightsOf(facade: Facade): Promise<number[]> {
	const { weight, bias } = await facade.getWeights();
	return [...weight, ...bias];
}

/** Uploads a data set. TypeScript cannot tell which of the two classes this façade returns and takes, so the handle has both types. */
export async function uploadTo(facade: Facade, dataset: UnlabelledDataset): Promise<EngineDataset & DatasetHandle> {
	return (await facade.upload(dataset)) as EngineDataset & DatasetHandle;
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
