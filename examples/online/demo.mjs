/** A stream of events without end, for trying things out. */
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadFashionMnist } from 'softmax-simd';

const folder = fileURLToPath(new URL('../sample', import.meta.url));

/** Milliseconds that events may come early, so that a fast stream does not need a timer for each. */
const EARLY = 20;

/** An image's index from the seed and the event's number alone, so that a stream can go on anywhere. */
function draw(seed, event, count) {
	let bits = Math.imul(seed ^ Math.imul(event + 1, 0x9e3779b9), 0x85ebca6b);
	bits = Math.imul(bits ^ (bits >>> 15), 0xc2b2ae35);
	return ((bits ^ (bits >>> 13)) >>> 0) % count;
}

async function waitUntil(time, signal) {
	const milliseconds = time - performance.now();
	if (milliseconds < EARLY) return;
	await setTimeout(milliseconds, undefined, { signal }).catch(() => {});
}

/**
 * Lines as `readLines` gives them.
 *
 * @param options `{ seed, rate, first, events }`: events a second; the number of the first, from 0; and how many there are
 * in all.
 */
export async function* demoLines({ seed, rate, first, events }, signal) {
	const { inputs, labels, classNames } = (await loadFashionMnist({ folder })).train;
	const started = performance.now();
	for (let event = first; event < events && !signal.aborted; event++) {
		await waitUntil(started + ((event - first) * 1000) / rate, signal);
		if (signal.aborted) return;
		const index = draw(seed, event, labels.length);
		const input = Array.from(inputs.subarray(index * 784, (index + 1) * 784));
		yield JSON.stringify({ label: classNames[labels[index]], input });
	}
}
