import type { Dataset, Trainer } from 'softmax-simd';
import { describe, expect, test } from 'vitest';
import { floats } from '../bits/samples.js';
import { untyped } from '../calls.js';
import { newTrainer } from '../facades.js';

const shape = { inputShape: 6, classes: 3 };
const dataset = floats(100, 6, 3);

/** The data set in chunks of so many samples. */
async function* chunks(size: number, taken: number[] = []): AsyncGenerator<Dataset> {
	for (let row = 0; row < 100; row += size) {
		taken.push(row);
		const inputs = dataset.inputs.slice(row * 6, Math.min(100, row + size) * 6);
		yield { inputs, labels: dataset.labels.slice(row, row + size) };
	}
}

/** A source without end that notes when it is closed. */
function endless(closed: string[]): AsyncIterable<Dataset> {
	return (async function* () {
		try {
			while (true) yield dataset;
		} finally {
			closed.push('closed');
		}
	})();
}

describe('fit over a stream', () => {
	test('ends with the same bits however the samples are cut into chunks', async () => {
		const results = [];
		for (const size of [1, 7, 32, 100]) {
			const trainer = await newTrainer(shape);
			await trainer.fit(chunks(size), { batchSize: 8, shuffleBuffer: 32 });
			results.push(await trainer.getWeights());
		}
		for (const result of results) expect(result).toEqual(results[0]);
	});

	test('is one epoch, whose log is that of fitting the same samples in the same order', async () => {
		const [streamed, plain] = [await newTrainer(shape), await newTrainer(shape)];
		const options = { batchSize: 8, shuffle: false, validationData: dataset };
		const { epochs, stoppedBy } = await streamed.fit(chunks(10), { ...options, shuffleBuffer: 40 });
		const { epochs: expected } = await plain.fit(dataset, { ...options, epochs: 1 });
		expect(stoppedBy).toBe('epochs');
		expect(epochs).toHaveLength(1);
		expect(epochs[0].epoch).toBe(1);
		expect(epochs[0].loss).toBeCloseTo(expected[0].loss, 6);
		expect(epochs[0].validationLoss).toBeCloseTo(expected[0].validationLoss ?? Number.NaN, 6);
		expect(await streamed.getWeights()).toEqual(await plain.getWeights());
		expect((await streamed.fit(chunks(10), options)).epochs[0].epoch).toBe(2);
	});

	test('shuffles within its buffer, by the seed', async () => {
		const weights = async (seed: number, shuffle: boolean) => {
			const trainer = await newTrainer({ ...shape, seed, initStd: 0 });
			await trainer.fit(chunks(20), { batchSize: 4, shuffleBuffer: 20, shuffle });
			return trainer.getWeights();
		};
		expect(await weights(1, true)).toEqual(await weights(1, true));
		expect(await weights(1, true)).not.toEqual(await weights(2, true));
		expect(await weights(1, true)).not.toEqual(await weights(1, false));
	});

	test('takes a ReadableStream, and names as labels', async () => {
		const trainer = await newTrainer();
		const names = dataset.labels.map((label) => ['cat', 'dog', 'duck'][label]);
		const source = new ReadableStream<Dataset>({
			start(controller) {
				controller.enqueue({ inputs: dataset.inputs, labels: names, classNames: ['cat', 'dog', 'duck'] });
				controller.close();
			},
		});
		await trainer.fit(source, { batchSize: 10 });
		expect(trainer.classNames).toEqual(['cat', 'dog', 'duck']);
	});

	test('knows the shape of a sample from its trainer', async () => {
		const trainer = await newTrainer({ inputShape: [2, 3], classes: 3 });
		expect((await trainer.fit(chunks(30), { shuffleBuffer: 40 })).epochs).toHaveLength(1);
	});

	test('takes no more memory the longer the stream', async () => {
		const trainer = await newTrainer({ inputShape: 1000, classes: 3 });
		async function* many(count: number): AsyncGenerator<Dataset> {
			for (let chunk = 0; chunk < count; chunk++) yield floats(500, 1000, 3);
		}
		await trainer.fit(many(2), { shuffleBuffer: 500 });
		const { memoryBytes } = await trainer.stats();
		await trainer.fit(many(12), { shuffleBuffer: 500 });
		expect((await trainer.stats()).memoryBytes).toBe(memoryBytes);
	});

	test('asks for chunks only as fast as it trains', async () => {
		const trainer = await newTrainer(shape);
		const taken: number[] = [];
		const seen: number[] = [];
		const onProgress = () => seen.push(taken.length);
		await trainer.fit(chunks(10, taken), { batchSize: 10, shuffleBuffer: 10, onProgress });
		expect(seen[0]).toBeLessThan(taken.length);
	});

	test('stops when told to, and closes the source', async () => {
		const trainer = await newTrainer(shape);
		const closed: string[] = [];
		const source = endless(closed);
		const history = await trainer.fit(source, { shuffleBuffer: 50, onProgress: () => trainer.stop() });
		expect(history.stoppedBy).toBe('stop');
		expect(closed).toEqual(['closed']);
	});

	test('rejects with the reason of an abort, and closes the source', async () => {
		const trainer = await newTrainer(shape);
		const closed: string[] = [];
		const source = endless(closed);
		const controller = new AbortController();
		const reason = new Error('enough');
		const onProgress = () => controller.abort(reason);
		const run = trainer.fit(source, { shuffleBuffer: 50, signal: controller.signal, onProgress });
		await expect(run).rejects.toBe(reason);
		expect(closed).toEqual(['closed']);
	});

	test('passes on what the source throws, and goes on', async () => {
		const trainer = await newTrainer(shape);
		const error = new Error('the disk is gone');
		async function* broken(): AsyncGenerator<Dataset> {
			yield dataset;
			throw error;
		}
		await expect(trainer.fit(broken())).rejects.toBe(error);
		expect((await trainer.fit(dataset, { epochs: 1 })).epochs).toHaveLength(1);
	});

	test('refuses a source that answers with nothing, and says so', async () => {
		const trainer = await newTrainer(shape);
		const silent = { getReader: () => ({ read: async () => undefined, cancel: async () => {} }) };
		const refused = { name: 'InvalidTypeError', code: 'INVALID_TYPE', field: 'stream', got: 'undefined' };
		await expect(trainer.fit(untyped(silent))).rejects.toMatchObject(refused);
	});

	test('refuses chunks that are not alike', async () => {
		const trainer = await newTrainer();
		async function* mixed(): AsyncGenerator<Dataset> {
			yield { ...dataset, inputShape: 6 };
			yield floats(10, 5, 3);
		}
		await expect(trainer.fit(mixed())).rejects.toMatchObject({ code: 'INVALID_DATA', field: 'chunk 1' });
	});

	test.each([
		[{ epochs: 2 }, 'epochs above 1'],
		[{ validationSplit: 0.1 }, 'validationSplit'],
		[{ classWeight: 'balanced' as const }, 'classWeight "balanced"'],
		[{ learningRate: { schedule: 'cosine' as const, initial: 1 } }, 'a learningRate that goes from batch to batch'],
	])('refuses %o, which needs data that can be read again', async (options, field) => {
		const trainer = await newTrainer(shape);
		await expect(trainer.fit(chunks(10), options)).rejects.toMatchObject({ code: 'CONTRADICTION', field });
	});
});

describe('fit over a stream that', () => {
	const never = new Promise<never>(() => {});

	/** One window of samples, and then a chunk that never comes. Tells when it was asked for that, and when it was closed. */
	function stalling(close: () => Promise<void>) {
		const events: string[] = [];
		let stalled = () => {};
		const hasStalled = new Promise<void>((resolve) => {
			stalled = resolve;
		});
		let isFirst = true;
		const next = () => {
			if (isFirst) {
				isFirst = false;
				return Promise.resolve({ done: false, value: dataset as Dataset });
			}
			stalled();
			return never;
		};
		const closed = () => {
			events.push('closed');
			return close();
		};
		const iterable = {
			[Symbol.asyncIterator]: () => ({
				next,
				return: () => closed().then(() => ({ done: true as const, value: undefined })),
			}),
		};
		const readable = { getReader: () => ({ read: next, cancel: closed }) };
		return { iterable, readable, hasStalled, events };
	}

	/** A window that is refused makes `fit` close the source itself. */
	const refused = { ...dataset, labels: dataset.labels.map((label) => label + 1) };

	/** Sources as such that one chunk comes from, and that never end being closed. */
	function unclosable(chunk: Dataset) {
		let closing = () => {};
		const isClosing = new Promise<void>((resolve) => {
			closing = resolve;
		});
		const close = () => {
			closing();
			return never;
		};
		const next = () => Promise.resolve({ done: false, value: chunk });
		const iterable: AsyncIterable<Dataset> = { [Symbol.asyncIterator]: () => ({ next, return: close }) };
		const readable = { getReader: () => ({ read: next, cancel: close }) };
		return { iterable, readable, isClosing };
	}

	const forms = ['iterable', 'readable'] as const;
	const closings: [string, () => Promise<void>][] = [
		['closes at once', async () => {}],
		['never closes', () => never],
		['fails to close', () => Promise.reject(new Error('closed already'))],
	];
	const cases = forms.flatMap((form) => closings.map(([how, close]) => [form, how, close] as const));

	describe.each(cases)('stalls, an %s that %s,', (form, _, close) => {
		test('is ended by an abort, with its reason', async () => {
			const trainer = await newTrainer(shape);
			const { [form]: source, hasStalled, events } = stalling(close);
			const controller = new AbortController();
			const reason = new Error('enough');
			const run = trainer.fit(source, { shuffleBuffer: 100, signal: controller.signal });
			hasStalled.then(() => controller.abort(reason));
			await expect(run).rejects.toBe(reason);
			expect(events).toEqual(['closed']);
			expect((await trainer.fit(dataset, { epochs: 1 })).epochs).toHaveLength(1);
		});

		test('is ended by stop', async () => {
			const trainer = await newTrainer(shape);
			const { [form]: source, hasStalled, events } = stalling(close);
			const run = trainer.fit(source, { shuffleBuffer: 100 });
			hasStalled.then(() => trainer.stop());
			expect((await run).stoppedBy).toBe('stop');
			expect(events).toEqual(['closed']);
			expect((await trainer.fit(dataset, { epochs: 1 })).epochs).toHaveLength(1);
		});

		test('is ended by dispose', async () => {
			const trainer = await newTrainer(shape);
			const { [form]: source, hasStalled, events } = stalling(close);
			const run = trainer.fit(source, { shuffleBuffer: 100 });
			hasStalled.then(() => trainer.dispose());
			await expect(run).rejects.toMatchObject({ code: 'DISPOSED' });
			expect(events).toEqual(['closed']);
		});
	});

	describe.each(forms)('is refused, an %s that never closes,', (form) => {
		const endings: [string, (trainer: Trainer, controller: AbortController) => unknown][] = [
			['an abort', (_, controller) => controller.abort()],
			['stop', (trainer) => trainer.stop()],
			['dispose', (trainer) => trainer.dispose()],
		];

		test.each(endings)('is ended by %s, with what it was refused for', async (_, end) => {
			const trainer = await newTrainer(shape);
			const { [form]: source, isClosing } = unclosable(refused);
			const controller = new AbortController();
			const run = trainer.fit(source, { shuffleBuffer: 100, signal: controller.signal });
			isClosing.then(() => end(trainer, controller));
			await expect(run).rejects.toMatchObject({ code: 'INVALID_DATA', field: 'labels', row: 2 });
		});
	});

	test('has trained on all of it heeds a stop, an abort and dispose in onEpochEnd', async () => {
		const trainer = await newTrainer(shape);
		const stopped = await trainer.fit(chunks(10), { onEpochEnd: () => trainer.stop() });
		expect(stopped).toMatchObject({ stoppedBy: 'stop', epochs: [{ epoch: 1 }] });
		const controller = new AbortController();
		const aborted = trainer.fit(chunks(10), { signal: controller.signal, onEpochEnd: () => controller.abort() });
		await expect(aborted).rejects.toMatchObject({ name: 'AbortError', history: { epochs: [{ epoch: 2 }] } });
		const disposed = trainer.fit(chunks(10), { onEpochEnd: () => trainer.dispose().then(() => never) });
		await expect(disposed).rejects.toMatchObject({ code: 'DISPOSED' });
	});
});
