/** What runs in the page: the package as it was built, without a bundler. The bench calls the functions of `globalThis.bench`. */
import { createTrainer, loadFashionMnist } from 'softmax-simd';
import { initStd, recipe } from '../recipe.mjs';
import { timeEpochs } from '../systems/epochs.mjs';

const trainers = new Map();
let fashionMnist;

function loadOnce() {
	fashionMnist ??= loadFashionMnist({ baseUrl: '/data/' });
	return fashionMnist;
}

async function prepare(precision) {
	const { train } = await loadOnce();
	const trainer = await createTrainer({ precision, initStd });
	const handle = await trainer.upload({ inputs: train.inputs, labels: train.labels });
	trainers.set(precision, { trainer, handle });
}

async function train(precision, epochs) {
	const { trainer, handle } = trainers.get(precision);
	return timeEpochs(trainer, handle, epochs);
}

/**
 * Counts frames while something runs.
 *
 * @returns `{ milliseconds, frames, longestGap, longestTask }`: between two frames, and of a long task (over 50 ms), 0 where there
 * was none, undefined where the browser does not tell.
 */
async function watchFrames(run) {
	const tasks = [];
	const tells = PerformanceObserver.supportedEntryTypes.includes('longtask');
	const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
	if (tells) observer.observe({ type: 'longtask' });
	const frames = [];
	let running = true;
	const draw = (now) => {
		frames.push(now);
		if (running) requestAnimationFrame(draw);
	};
	requestAnimationFrame(draw);
	const began = performance.now();
	await run();
	const milliseconds = performance.now() - began;
	// The frame and the report of a task that was running at the end.
	await new Promise((resolve) => setTimeout(resolve, 200));
	running = false;
	observer.disconnect();
	return {
		milliseconds,
		frames: frames.length,
		longestGap: Math.max(...frames.slice(1).map((frame, index) => frame - frames[index])),
		longestTask: tells ? Math.max(0, ...tasks.map(({ duration }) => duration)) : undefined,
	};
}

/** Frames of an idle page, and while a trainer takes the data and trains, with every callback in use. */
async function compareFrames(precision, milliseconds) {
	const { inputs, labels } = (await loadOnce()).train;
	const idle = await watchFrames(() => new Promise((resolve) => setTimeout(resolve, milliseconds)));
	const training = await watchFrames(async () => {
		const trainer = await createTrainer({ precision });
		const end = performance.now() + milliseconds;
		const onEpochEnd = () => performance.now() > end && trainer.stop();
		await trainer.fit({ inputs, labels }, { ...recipe, epochs: 100_000, onEpochEnd, onProgress() {} });
		await trainer.dispose();
	});
	return { idle, training };
}

globalThis.bench = { prepare, train, compareFrames };
