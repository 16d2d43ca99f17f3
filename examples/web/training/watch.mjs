/** Follows a model while it learns, and holds it back in slow motion. */

/** Milliseconds: some ten times a second. */
const restBetweenLooks = 90;

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** @param show Gets the weights of the moment. */
export function watchModel(session, show) {
	let isOver = false;
	let last = 0;

	async function watch() {
		while (!isOver) {
			const now = await nextFrame();
			const { trainer, run, slow } = session;
			if (isOver || !trainer || run?.isPaused) continue;
			if (slow) {
				// The worker looks at its messages after every batch when it has rested before: one batch a frame.
				trainer.resume();
				trainer.pause();
			}
			if (now - last < (slow ? 0 : restBetweenLooks)) continue;
			last = now;
			// Where a change of classes has replaced the trainer meanwhile, the next frame sees the new one.
			const weights = await trainer.getWeights().catch(() => undefined);
			if (weights && trainer === session.trainer && !isOver) show(weights);
		}
	}

	const watching = watch();
	return {
		stop() {
			isOver = true;
			return watching;
		},
	};
}
