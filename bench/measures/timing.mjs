import { createRandom } from '../../scripts/random.mjs';
import { median } from '../statistics.mjs';

/** How long one thing is measured at least, and how often at most. */
const leastMilliseconds = 40;
const mostRepetitions = 300;

function time(action) {
	const began = performance.now();
	action();
	return performance.now() - began;
}

/** Median milliseconds of `action()`, called again and again after a warm-up. */
export function timeRepeatedly(action) {
	const until = performance.now() + leastMilliseconds / 2;
	do action();
	while (performance.now() < until);
	const times = [];
	for (let spent = 0; spent < leastMilliseconds && times.length < mostRepetitions; ) {
		const milliseconds = time(action);
		times.push(milliseconds);
		spent += milliseconds;
	}
	return median(times);
}

/** The same for a promise, of which a moment's noise may hit several in a row. */
export async function timeAsync(action) {
	await action();
	const times = [];
	for (let spent = 0; spent < 20 * leastMilliseconds; ) {
		const began = performance.now();
		await action();
		const milliseconds = performance.now() - began;
		times.push(milliseconds);
		spent += milliseconds;
	}
	return median(times);
}

/** Milliseconds of an epoch on made-up data. */
export function timeTraining(engine, dataset, batchSize) {
	const handle = engine.upload(dataset);
	// A small rate: what is learned from noise is of no interest, as long as it stays finite.
	const milliseconds = timeRepeatedly(() => engine.fit(handle, { epochs: 1, batchSize, learningRate: 1e-3 }));
	handle.release();
	return milliseconds;
}

/** Random inputs, Uint8 or Float32 by name, as many as asked for. */
export function makeInputs(kind, length) {
	const { uniform } = createRandom(3);
	if (kind === 'Uint8') return Uint8Array.from({ length }, () => 256 * uniform());
	return Float32Array.from({ length }, () => 2 * uniform() - 1);
}

export function makeLabels(count, classes) {
	const { uniform } = createRandom(4);
	return Uint16Array.from({ length: count }, () => classes * uniform());
}
