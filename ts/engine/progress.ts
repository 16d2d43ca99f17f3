/** Progress, collected batch by batch and let through about ten times a second. */
import type { Progress } from '../api/types.js';
import type { Step } from './training.js';

const INTERVAL_MILLISECONDS = 100;

/** Calls back with everything since the last call, so that no batch's loss is lost. */
export class ProgressReporter {
	readonly #report: (progress: Progress) => void;
	#batchLosses: number[] = [];
	#reported = performance.now();
	#latest: Step | undefined;

	constructor(report: (progress: Progress) => void) {
		this.#report = report;
	}

	/** Takes in a step; reports if it is time to. */
	add(step: Step): void {
		this.#batchLosses.push(step.batchLoss);
		this.#latest = step;
		if (performance.now() - this.#reported >= INTERVAL_MILLISECONDS) this.flush();
	}

	/** Reports what is left. */
	flush(): void {
		if (!this.#latest) return;
		const { epoch, batch, batches, loss, accuracy } = this.#latest;
		const batchLosses = this.#batchLosses;
		this.#batchLosses = [];
		this.#latest = undefined;
		this.#reported = performance.now();
		this.#report({ epoch, batch, batches, loss, accuracy, batchLosses });
	}
}
