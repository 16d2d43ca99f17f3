/** Predictions and the log of an epoch, from what the kernel computed. */
import type { ClassProbability, EpochLog, Prediction } from './types.js';

/** @param probabilities `[count, C]` */
export function describePrediction(probabilities: Float32Array, names: readonly string[], topK?: number): Prediction {
	const classes = names.length;
	const count = probabilities.length / classes;
	const classIndices = new Uint32Array(count);
	const classNames = new Array<string>(count);
	for (let row = 0; row < count; row++) {
		const start = row * classes;
		let best = 0;
		for (let index = 1; index < classes; index++) {
			if (probabilities[start + index] > probabilities[start + best]) best = index;
		}
		classIndices[row] = best;
		classNames[row] = names[best];
	}
	const prediction: Prediction = { classIndices, classNames, probabilities, count };
	if (topK !== undefined) prediction.top = mostProbable(probabilities, names, topK);
	return prediction;
}

function mostProbable(probabilities: Float32Array, names: readonly string[], topK: number): ClassProbability[][] {
	const classes = names.length;
	const top: ClassProbability[][] = [];
	for (let start = 0; start < probabilities.length; start += classes) {
		const row = probabilities.subarray(start, start + classes);
		const ranked = Array.from(row.keys()).sort((a, b) => row[b] - row[a] || a - b);
		top.push(ranked.slice(0, topK).map((index) => ({ className: names[index], probability: row[index] })));
	}
	return top;
}

/** The log of an epoch that trained on `count` samples in this time. */
export function describeEpoch(
	{ epoch, loss, accuracy }: Pick<EpochLog, 'epoch' | 'loss' | 'accuracy'>,
	count: number,
	milliseconds: number,
	validation: { loss: number; accuracy: number } | undefined,
): EpochLog {
	const log: EpochLog = { epoch, loss, accuracy, milliseconds, samplesPerSecond: (count / milliseconds) * 1000 };
	if (validation) {
		log.validationLoss = validation.loss;
		log.validationAccuracy = validation.accuracy;
	}
	return log;
}
