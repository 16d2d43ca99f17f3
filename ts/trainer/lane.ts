/** Keeps a trainer's calls in order. The turn of a call comes when the turns of all calls before it are over. */

/** A place in the lane. */
export interface Place {
	/** Resolves when the turn of this call comes. */
	readonly turn: Promise<void>;
	/** Ends the turn of this call. If it is called before the turn has come, the turn is skipped. */
	pass(): void;
	/** Must be called when the call is answered. Ends its turn too. */
	leave(): void;
}

export class Lane {
	/** Resolves when the turns of all calls that have entered are over. */
	#last: Promise<void> = Promise.resolve();
	#length = 0;

	/** Number of calls that have not been answered. */
	get length(): number {
		return this.#length;
	}

	/** Adds a call at the end. */
	enter(): Place {
		const turn = this.#last;
		let pass = () => {};
		this.#last = new Promise((resolve) => {
			pass = () => resolve(turn);
		});
		this.#length++;
		const leave = () => {
			this.#length--;
			pass();
		};
		return { turn, pass, leave };
	}

	/** Runs a call when its turn comes. The turn ends when the call is answered. */
	async run<T>(call: () => Promise<T>): Promise<T> {
		const { turn, leave } = this.enter();
		try {
			await turn;
			return await call();
		} finally {
			leave();
		}
	}
}
