/** What the windows of a stream come to together. */
import type { EpochLog, Evaluation, History } from './options.js';

export class StreamEpoch {
	/** Windows so far. */
	windows = 0;
	readonly #epoch: number;
	readonly #began = performance.now();
	#count = 0;
	#loss = 0;
	#correct = 0;

	constructor(epoch: number) {
		this.#epoch = epoch;
	}

	/** Takes in what training on a window came to; nothing where it was ended before. */
	add({ epochs: [log] }: History, count: number): void {
		this.windows++;
		if (!log) return;
		this.#count += count;
		this.#loss += log.loss * count;
		this.#correct += log.accuracy * count;
	}

	/** The epoch's log. */
	end(validation?: Evaluation): EpochLog {
		const milliseconds = performance.now() - this.#began;
		const log: EpochLog = {
			epoch: this.#epoch,
			loss: this.#loss / this.#count,
			accuracy: this.#correct / this.#count,
			milliseconds,
			samplesPerSecond: (this.#count / milliseconds) * 1000,
		};
		if (validation) {
			log.validationLoss = validation.loss;
			log.validationAccuracy = validation.accuracy;
		}
		return log;
	}
}
