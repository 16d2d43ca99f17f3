import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeModel } from 'softmax-simd/formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, run } from './processes.js';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'embeddings-'));
});

afterEach(async () => {
	await rm(folder, { recursive: true });
});

describe('examples/embeddings.mjs', () => {
	it('trains a head that beats one on the pixels, reports on it and keeps it', { timeout: 60_000 }, async () => {
		const { code, output, errors } = await run('embeddings.mjs', [], folder);
		expect({ code, errors }).toEqual({ code: 0, errors: '' });
		const [, embeddings, pixels] = /^test accuracy ([\d.]+) on embeddings, ([\d.]+) on pixels$/m.exec(output)!;
		expect(Number(pixels)).toBeGreaterThan(0.83);
		expect(Number(embeddings)).toBeGreaterThan(Number(pixels) + 0.02);

		const rows = output.split('\n').filter((line) => / +0\.\d{3} +0\.\d{3} +0\.\d{3} +[\d,]+$/.test(line));
		expect(rows.map((row) => row.slice(0, 14).trimEnd())).toEqual([
			...['t-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
			'mean',
		]);

		const model = decodeModel(await readFile(join(folder, 'out/embeddings.safetensors')));
		expect(model).toMatchObject({ inputShape: [500], epoch: 20 });
		expect([model.inputScale?.length, model.inputShift?.length]).toEqual([500, 500]);
		expect(model.classNames?.[9]).toBe('ankle boot');
	});

	it('gives the same with the same seed and another with another', { timeout: 60_000 }, async () => {
		const lastLines: string[] = [];
		for (const seed of ['1', '1', '2']) {
			const { output } = await run('embeddings.mjs', ['--epochs', '1', '--seed', seed], folder);
			lastLines.push(output.slice(output.indexOf('class')));
		}
		expect(lastLines[1]).toBe(lastLines[0]);
		expect(lastLines[2]).not.toBe(lastLines[0]);
	});

	it('lists its options with --help', async () => {
		const { code, output } = await run('embeddings.mjs', ['--help'], folder);
		expect(code).toBe(0);
		for (const flag of ['model', 'epochs', 'seed']) expect(output).toContain(`--${flag} `);
	});

	it.each([
		[['--epochs', '0'], "--epochs: expected a whole number from 1 to 100000, got '0'"],
		[['--model', ''], '--model: expected something, got nothing'],
		[['--colour'], "Unknown option '--colour'"],
	])('refuses %j', async (args, line) => {
		expect(await run('embeddings.mjs', args, folder)).toEqual(refusal(line));
	});
});
