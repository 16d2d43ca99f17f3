/** Lines of a stream, no faster than they are taken. */

/** Characters; a sender that forgot its line ends must not fill the memory. */
const LONGEST_LINE = 2 ** 24;

/**
 * The lines of a stream of UTF-8, without their ends. While a line is worked on, no more than the stream's own small buffer
 * is read ahead, so a fast sender waits.
 *
 * @param signal ends the lines after those that have been read in whole; the beginning of one more stays with its sender.
 * @param fail told why the lines end, where something is wrong with the stream.
 */
export async function* readLines(stream, signal, fail) {
	stream.setEncoding('utf8');
	let rest = '';
	try {
		for await (const chunk of readChunks(stream, signal)) {
			const lines = (rest + chunk).split('\n');
			rest = lines.pop() ?? '';
			yield* lines;
			if (rest.length > LONGEST_LINE) return fail(new Error(`a line of more than ${LONGEST_LINE} characters`));
		}
		if (stream.errored) fail(stream.errored);
		else if (rest !== '' && !signal.aborted) yield rest;
	} finally {
		stream.destroy();
	}
}

/** What a stream has, until it ends, fails or is told to by the signal: what was read by then comes as well. */
async function* readChunks(stream, signal) {
	const news = watch(stream, signal);
	try {
		for (;;) {
			const isLast = signal.aborted;
			const chunk = stream.read();
			if (chunk !== null) yield chunk;
			if (isLast) return;
			if (chunk !== null) continue;
			if (stream.readableEnded || stream.destroyed) return;
			await news.next();
		}
	} finally {
		news.close();
	}
}

/** Waits for what may change the answer of `stream.read()`, also where it has happened already. */
function watch(stream, signal) {
	let hasHappened = false;
	let wake = () => {};
	const listener = () => {
		hasHappened = true;
		wake();
	};
	const events = ['readable', 'end', 'close'];
	for (const event of events) stream.on(event, listener);
	// What went wrong stays in stream.errored, after the watch as well.
	stream.on('error', listener);
	signal.addEventListener('abort', listener);
	return {
		async next() {
			if (!hasHappened) {
				await new Promise((resolve) => {
					wake = () => resolve(undefined);
				});
			}
			hasHappened = false;
		},
		close() {
			for (const event of events) stream.off(event, listener);
			signal.removeEventListener('abort', listener);
		},
	};
}
