/** A live bar below the rows of the table; rows only, where nobody looks at a terminal. */
import { SingleBar } from 'cli-progress';

const barOptions = {
	format: '{bar} epoch {epoch}, batch {batch}/{batches}, loss {loss}, accuracy {accuracy}',
	stream: process.stdout,
	clearOnComplete: true,
	// train.mjs has its own way with Ctrl-C.
	gracefulExit: false,
	barsize: 20,
	barCompleteChar: '█',
	barIncompleteChar: '░',
};

/**
 * @param epochs how many will be trained.
 * @param print writes a row.
 */
export function createProgress(epochs, print) {
	let bar = null;
	let last = null;
	function clear() {
		bar?.stop();
		bar = null;
	}
	function draw({ epoch, batch, batches, loss, accuracy }) {
		const details = { epoch, batch, batches, loss: loss.toFixed(4), accuracy: accuracy.toFixed(4) };
		const done = (epoch - 1) * batches + batch;
		if (bar) return bar.update(done, details);
		bar = new SingleBar(barOptions);
		bar.start(epochs * batches, done, details);
	}
	return {
		/** For `onProgress` of fit. */
		update(progress) {
			last = progress;
			draw(progress);
		},
		/** Prints above the bar. */
		row(line) {
			clear();
			print(line);
			if (last) draw(last);
		},
		clear,
	};
}
