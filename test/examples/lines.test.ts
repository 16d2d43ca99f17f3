import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { root } from './processes.js';

const { readLines } = await import(/* @vite-ignore */ `${root}/examples/online/lines.mjs`);

const never = new AbortController().signal;

async function readAll(stream: Readable, signal = never) {
	const lines: string[] = [];
	const failures: string[] = [];
	for await (const line of readLines(stream, signal, (error: Error) => failures.push(error.message))) lines.push(line);
	return { lines, failures };
}

describe('lines of a stream', () => {
	it('are whole, wherever the stream is cut', async () => {
		const text = 'a\nžluťoučký 🐴\n\nend';
		const bytes = Buffer.from(text);
		for (let size = 1; size <= bytes.length; size++) {
			const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => {
				return bytes.subarray(index * size, (index + 1) * size);
			});
			const { lines, failures } = await readAll(Readable.from(chunks, { objectMode: false }));
			expect({ lines, failures }).toEqual({ lines: text.split('\n'), failures: [] });
		}
	});

	it('are read no further ahead than the buffer of the stream', async () => {
		let read = 0;
		const stream = new Readable({
			highWaterMark: 100,
			read() {
				read += 10;
				this.push('123456789\n');
			},
		});
		const lines = readLines(stream, never, () => {});
		for (let taken = 0; taken < 1000; taken++) {
			await lines.next();
			expect(read - 10 * taken).toBeLessThanOrEqual(300);
		}
		await lines.return();
		expect(stream.destroyed).toBe(true);
	});

	it('end at the signal, after all that has been read', async () => {
		const stop = new AbortController();
		const stream = new Readable({ read() {} });
		stream.push('1\n2\n3\n');
		const lines = readLines(stream, stop.signal, () => {});
		expect(await lines.next()).toEqual({ value: '1', done: false });
		stream.push('4\n5');
		stop.abort();
		const rest: string[] = [];
		for await (const line of lines) rest.push(line);
		expect(rest).toEqual(['2', '3', '4']);
	});

	it('end at the signal while nothing comes', async () => {
		const stop = new AbortController();
		const lines = readLines(new Readable({ read() {} }), stop.signal, () => {});
		const next = lines.next();
		stop.abort();
		expect(await next).toEqual({ value: undefined, done: true });
	});

	it('end where the stream fails, after those before', async () => {
		const stream = new Readable({ read() {} });
		stream.push('1\n2\nhal');
		const lines = readLines(stream, never, (error: Error) => failures.push(error.message));
		const failures: string[] = [];
		expect((await lines.next()).value).toBe('1');
		stream.destroy(new Error('gone'));
		const rest: string[] = [];
		for await (const line of lines) rest.push(line);
		expect({ rest, failures }).toEqual({ rest: ['2'], failures: ['gone'] });
	});
});
