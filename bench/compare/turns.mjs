/** Times builds in turns, so that a noisy moment hits all alike. */

const leastWarmUpEpochs = 3;
const warmUpMilliseconds = 1000;

/** Until the code is compiled. */
function warmUp({ epoch }) {
	let spent = 0;
	for (let epochs = 0; epochs < leastWarmUpEpochs || spent < warmUpMilliseconds; epochs++) spent += epoch();
}

/** One epoch of each, right after each other, the first one first or last. */
function timePair(first, second, isReversed) {
	if (!isReversed) return [first.epoch(), second.epoch()];
	const milliseconds = second.epoch();
	return [first.epoch(), milliseconds];
}

/**
 * @param old, copy, next what `prepare` makes of the old build, of a second instance of it, and of the new one.
 * @param pairs how many pairs of old and new are timed, and as many of the old one and its copy in between; the order is turned
 *   round from one pair to the next: A B B A.
 * @returns of every pair its milliseconds: `next` of the old and the new build, `copy` of the old one and its copy.
 */
export function timeInTurns({ old, copy, next }, pairs) {
	for (const build of [old, copy, next]) warmUp(build);
	/** @type {Record<'next' | 'copy', number[][]>} */
	const times = { next: [], copy: [] };
	for (let pair = 0; pair < pairs; pair++) {
		const isReversed = pair % 2 === 1;
		times.next.push(timePair(old, next, isReversed));
		times.copy.push(timePair(old, copy, isReversed));
	}
	return times;
}
