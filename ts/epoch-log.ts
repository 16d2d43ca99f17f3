import type { EpochLog } from './options.js';

/** What an epoch came to, after training on `count` samples for so long. */
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
