import { createTrainer, Engine, TrainerError } from 'softmax-simd';

/** What comes back is typed: nothing of it is `any`. */
export async function train(inputs: Float32Array, labels: number[]): Promise<string> {
	const trainer = await createTrainer({ inputShape: 4, classes: ['a', 'b'] });
	const engine = await Engine.create();
	try {
		const { epochs } = await trainer.fit({ inputs, labels }, { epochs: 2, onEpochEnd: ({ loss }) => loss.toFixed(2) });
		engine.fit({ inputs, labels }).epochs.length.toFixed();
		// @ts-expect-error An epoch is no string.
		const wrong: string = epochs[0];
		return wrong;
	} catch (error) {
		return error instanceof TrainerError ? error.code : 'another';
	} finally {
		await trainer.dispose();
	}
}
