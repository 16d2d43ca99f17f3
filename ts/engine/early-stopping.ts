/** Early stopping: finds the best epoch, decides when training ends, and restores the best parameters. */

import type { EarlyStopping } from '../api/options.js';
import type { EpochLog, History } from '../api/types.js';
import type { Model, ModelState } from '../kernel/model.js';

export class BestEpoch {
	readonly #options: Required<EarlyStopping>;
	readonly #model: Model;
	readonly #history: History;
	#value: number | undefined;
	#state: ModelState | undefined;
	#waited = 0;

	constructor(options: Required<EarlyStopping>, model: Model, history: History) {
		this.#options = options;
		this.#model = model;
		this.#history = history;
	}

	/** Records an epoch. Returns true if `patience` epochs in a row have brought no improvement. */
	isOver(log: EpochLog): boolean {
		const { monitor, minDelta, patience, restoreBest } = this.#options;
		const value = log[monitor]!;
		const sign = monitor.endsWith('oss') ? 1 : -1;
		if (this.#value === undefined || sign * (this.#value - value) > minDelta) {
			this.#value = value;
			this.#waited = 0;
			this.#history.bestEpoch = log.epoch;
			if (restoreBest) this.#state = this.#model.snapshot();
			return false;
		}
		this.#waited++;
		return this.#waited >= patience;
	}

	/** Restores the parameters of the best epoch if the option `restoreBest` is set. */
	restore(): void {
		if (this.#state) this.#model.restoreState(this.#state);
	}
}
