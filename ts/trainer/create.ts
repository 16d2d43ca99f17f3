/** How trainers are made: new, or from the state of another. */
import { compileKernel } from '#wasm';
import type { TrainerOptions } from '../api/options.js';
import { optionsOf } from '../api/state.js';
import { checkTrainerOptions } from '../api/trainer-options.js';
import type { TrainerState } from '../api/types.js';
import { Connection } from './connection.js';
import { Trainer } from './trainer.js';

/**
 * Creates a trainer and its worker.
 *
 * @throws InvalidTypeError, InvalidValueError naming the option at fault; TrainerError with code UNSUPPORTED if there is no
 *   WebAssembly SIMD; MemoryLimitError if the model alone exceeds `memoryLimit`; WorkerCrashedError if the worker does not
 *   start
 */
export async function createTrainer(options: TrainerOptions = {}): Promise<Trainer> {
	const settings = checkTrainerOptions(options);
	const module = await compileKernel();
	const connection = new Connection();
	try {
		await connection.call('create', module, settings);
		return new Trainer(connection);
	} catch (error) {
		connection.close();
		throw error;
	}
}

/**
 * Creates a trainer that continues from a state of `getState`. The same data and options give the same bits.
 *
 * @throws InvalidTypeError, InvalidValueError naming the part of the state at fault; what `createTrainer` throws
 */
export async function restoreTrainer(state: TrainerState): Promise<Trainer> {
	const trainer = await createTrainer(optionsOf(state));
	try {
		await trainer.restoreState(state);
		return trainer;
	} catch (error) {
		await trainer.dispose();
		throw error;
	}
}
