/** How many messages go to the worker: as many come back. */
import { Worker } from 'node:worker_threads';
import type { Trainer } from 'softmax-simd';
import { afterEach, expect, test, vi } from 'vitest';
import { floats } from '../bits/samples.js';
import { newTrainer } from '../facades.js';

const shape = { inputShape: 6, classes: 3 };
const dataset = floats(90, 6, 3);
const inputs = new Float32Array(6);

afterEach(() => {
	vi.restoreAllMocks();
});

const calls: [string, number, (trainer: Trainer) => Promise<unknown>][] = [
	['predict of one sample', 1, (trainer) => trainer.predict(inputs)],
	['predict of 2 MB', 1, (trainer) => trainer.predict(new Float32Array(500_000 - (500_000 % 6)))],
	['evaluate', 1, (trainer) => trainer.evaluate(dataset)],
	['partialFit', 1, (trainer) => trainer.partialFit(dataset)],
	['gradient', 1, (trainer) => trainer.gradient(dataset)],
	['upload', 1, (trainer) => trainer.upload(dataset)],
	['getWeights', 1, (trainer) => trainer.getWeights()],
	['fit: the data, the training,', 2, (trainer) => trainer.fit(dataset)],
	['fit with validation data', 3, (trainer) => trainer.fit(dataset, { validationData: dataset })],
	// Their room, two slices, their end, the call, and what frees them.
	['predict of data in two slices', 6, (trainer) => trainer.predict(new Float32Array(600_000))],
];

test.each(calls)('%s takes %i messages', async (_, count, call) => {
	const post = vi.spyOn(Worker.prototype, 'postMessage');
	const trainer = await newTrainer(shape);
	post.mockClear();
	await call(trainer);
	expect(post).toHaveBeenCalledTimes(count);
});

test('a fit on a data set that was uploaded takes one message', async () => {
	const post = vi.spyOn(Worker.prototype, 'postMessage');
	const trainer = await newTrainer(shape);
	const handle = await trainer.upload(dataset);
	post.mockClear();
	await trainer.fit(handle);
	expect(post).toHaveBeenCalledTimes(1);
});
