/** The order of calls whose data take several messages, so that none overtakes another. */
export class SendingOrder {
	/** Resolves when all calls so far are on their way; nothing where they are. */
	pending: Promise<void> | undefined;

	/**
	 * Sends a call once those before it are on their way.
	 *
	 * @param send calls `sent` as soon as its own last message is
	 */
	async send<T>(send: (sent: () => void) => Promise<T>): Promise<T> {
		const before = this.pending;
		let resolve = () => {};
		const sending = new Promise<void>((resolvePromise) => {
			resolve = resolvePromise;
		});
		const sent = () => {
			resolve();
			if (this.pending === sending) this.pending = undefined;
		};
		this.pending = sending;
		if (before) await before;
		try {
			return await send(sent);
		} finally {
			sent();
		}
	}
}
