/** The order of a trainer's calls: each takes its turn once those before it are done, whatever their size, awaited or not. */

/** A place in the lane. */
export interface Place {
	/** Resolves when its turn has come. */
	readonly turn: Promise<void>;
	/** Ends its turn, also before it has come: the next one's comes once those before are over. */
	pass(): void;
	/** To be called when the call is answered. */
	leave(): void;
}

export class Lane {
	/** Resolves when the turns of all calls so far are over. */
	#last: Promise<void> = Promise.resolve();
	#length = 0;

	/** Calls that have not been answered. */
	get length(): number {
		return this.#length;
	}

	/** Takes a place behind all the others. */
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

	/** Runs a call in its turn, which ends when the call is answered. */
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
