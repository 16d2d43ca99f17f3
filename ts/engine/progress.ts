/** Collects the progress of every batch, and reports it about ten times a second. */
import type { Progress } from '../api/types.js';
import type { Step } from './training.js';

const INTERVAL_MILLISECONDS = 100;

/** Each report has the losses of all batches since the last one. */
export class ProgressReporter {
	readonly #report: (progress: Progress) => void;
	#batchLosses: number[] = [];
	#reported = performance.now();
	#latest: Step | undefined;

	constructor(report: (progress: Progress) => void) {
		this.#report = report;
	}

	/** Records a step, and reports if the last report is long enough ago. */
	add(step: Step): void {
		this.#batchLosses.push(step.batchLoss);
		this.#latest = step;
		if (performance.now() - this.#reported >= INTERVAL_MILLISECONDS) this.flush();
	}

	/** Reports the steps that were not reported yet. */
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
