/** Training time until the test accuracy is there, with the best recipe known: batches of 64, learning rate 0.3, a cosine over 13 epochs. */
import { createTrainer, loadFashionMnist } from 'softmax-simd';
import { initStd } from '../recipe.mjs';

const batchSize = 64;
const highestRate = 0.3;

async function trainOnce({ train, test }, { precision, seed, epochs, target }) {
	const trainer = await createTrainer({ seed, precision, initStd });
	const [trainHandle, testHandle] = [await trainer.upload(train), await trainer.upload(test)];
	let milliseconds = 0;
	let reachedAfter = null;
	let accuracy;
	for (let epoch = 0; epoch < epochs; epoch++) {
		/** @type {import('softmax-simd').LearningRate} */
		const learningRate = { schedule: 'cosine', initial: highestRate, epochs, firstEpoch: 1 };
		const began = performance.now();
		await trainer.fit(trainHandle, { epochs: 1, batchSize, learningRate });
		milliseconds += performance.now() - began;
		({ accuracy } = await trainer.evaluate(testHandle));
		if (accuracy >= target) reachedAfter ??= milliseconds;
	}
	await trainer.dispose();
	return { seed, milliseconds, accuracy, reachedAfter };
}

/** @returns a row for every seed; `reachedAfter` is null where the target was not reached. */
export async function measure({ folder, seeds, precision, epochs, target }) {
	const data = await loadFashionMnist({ folder });
	const rows = [];
	for (const seed of seeds) rows.push(await trainOnce(data, { precision, seed, epochs, target }));
	return rows;
}
