import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = join(root, 'examples/train.mjs');
const pictures = {
	'samples.png': [2028, 1156],
	'curves.png': [1520, 920],
	'predictions.png': [2028, 1156],
	'templates.png': [1888, 1042],
};

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'train-'));
});

afterEach(async () => {
	await rm(folder, { recursive: true });
});

function start(args: string[], path = script): ChildProcessWithoutNullStreams {
	return spawn(process.execPath, [path, ...args], { cwd: folder });
}

async function end(child: ChildProcessWithoutNullStreams) {
	const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
	const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
	return { code: await exit, output, errors };
}

/** The rows below the table's header, as numbers. */
function rowsOf(output: string): number[][] {
	const lines = output.split('\n');
	const first = lines.findIndex((line) => line.startsWith('epoch')) + 1;
	const rows = lines.slice(first).filter((line) => /^ +\d/.test(line));
	return rows.map((line) =>
		line
			.trim()
			.split(/ +/)
			.map((cell) => Number(cell.replaceAll(',', ''))),
	);
}

async function readPng(name: string) {
	return decode(await readFile(join(folder, 'out', name)));
}

describe('examples/train.mjs', () => {
	it('trains on the sample, prints a row per epoch and draws four pictures', { timeout: 60_000 }, async () => {
		const { code, output, errors } = await end(start(['--sample', '--epochs', '2']));
		expect({ code, errors }).toEqual({ code: 0, errors: '' });

		expect(output).toContain('the sample of this example');
		expect(output).toContain(
			'0 t-shirt, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot',
		);
		expect(output).toContain('inputs Uint8Array [6000, 28, 28], labels Uint8Array [6000]');
		expect(output).toContain('inputs Uint8Array [256, 28, 28], labels Uint8Array [256]');

		const rows = rowsOf(output);
		expect(rows.map(([epoch]) => epoch)).toEqual([1, 2]);
		const [first, last] = rows;
		expect(last[1]).toBeLessThan(first[1]);
		for (const [, loss, accuracy, testAccuracy, , samplesPerSecond] of rows) {
			expect(loss).toBeGreaterThan(0);
			expect(accuracy).toBeGreaterThan(0.4);
			expect(testAccuracy).toBeGreaterThan(0.4);
			expect(samplesPerSecond).toBeGreaterThan(0);
		}
		expect(output).toMatch(
			/^test accuracy 0\.\d{4} \(\d+ of 1,000\) after 2 epochs; training \d+\.\d\d s, total \d+\.\d\d s$/m,
		);
		expect(output).toContain(`test accuracy ${last[3].toFixed(4)}`);

		for (const [name, size] of Object.entries(pictures)) {
			const { width, height, data } = await readPng(name);
			expect([width, height]).toEqual(size);
			// The title is drawn, although no font of this machine is used.
			const title = data.subarray(0, data.length / 12);
			expect(title.filter((value) => value < 80).length).toBeGreaterThan(1000);
		}
	});

	it('prints plain lines where stdout is not a terminal', { timeout: 60_000 }, async () => {
		const { output } = await end(start(['--sample', '--epochs', '3', '--no-pictures']));
		expect(rowsOf(output)).toHaveLength(3);
		for (const sign of ['\u001b', '\r', '█', '░']) expect(output).not.toContain(sign);
		expect(existsSync(join(folder, 'out'))).toBe(false);
	});

	it('prints the last line only with --quiet', { timeout: 60_000 }, async () => {
		const { code, output } = await end(
			start(['--quiet', '--no-pictures', '--epochs', '1', '--data', join(root, 'examples/sample')]),
		);
		expect(code).toBe(0);
		expect(output).toMatch(/^test accuracy .* after 1 epoch; .*\n$/);
	});

	it('trains the same with the same seed and another with another', { timeout: 60_000 }, async () => {
		const outputs = await Promise.all(
			['7', '7', '8'].map((seed) => end(start(['--sample', '--no-pictures', '--epochs', '1', '--seed', seed]))),
		);
		const [[seven], [again], [eight]] = outputs.map(({ output }) => rowsOf(output).map((row) => row.slice(0, 4)));
		expect(again).toEqual(seven);
		expect(eight).not.toEqual(seven);
	});

	it('stops at Ctrl-C, keeps what is trained and draws it', { timeout: 60_000 }, async () => {
		const child = start(['--sample', '--epochs', '100000']);
		const result = end(child);
		let output = '';
		await new Promise<void>((resolve) => {
			child.stdout.on('data', (chunk) => {
				output += chunk;
				if (rowsOf(output).length > 0) resolve();
			});
		});
		child.kill('SIGINT');
		const { code, output: all } = await result;
		expect(code).toBe(0);
		expect(all).toMatch(/^test accuracy .* stopped early; /m);
		for (const [name, [width, height]] of Object.entries(pictures)) {
			expect(await readPng(name)).toMatchObject({ width, height });
		}
	});

	it('lists its options with --help', async () => {
		const { code, output, errors } = await end(start(['--help']));
		expect({ code, errors }).toEqual({ code: 0, errors: '' });
		for (const flag of [
			'data',
			'sample',
			'out',
			'epochs',
			'batch-size',
			'learning-rate',
			'seed',
			'no-pictures',
			'quiet',
		]) {
			expect(output).toContain(`--${flag} `);
		}
	});

	it.each([
		[['--colour'], '--colour'],
		[['train'], 'train'],
		[['--epochs'], '--epochs'],
		[['--epochs', '0'], '--epochs'],
		[['--epochs', '1.5'], '--epochs'],
		[['--batch-size', 'many'], '--batch-size'],
		[['--learning-rate', '0'], '--learning-rate'],
		[['--learning-rate', 'fast'], '--learning-rate'],
		[['--seed', '4294967296'], '--seed'],
		[['--sample', '--data', '.'], '--data'],
		[['--out', ''], '--out'],
		[['--data', 'nowhere', '--no-pictures'], '--data'],
		[['--sample', '--out', `${script}/out`], '--out'],
	])('refuses %j in one line with exit code 2', async (args, flag) => {
		const { code, output, errors } = await end(start(args));
		expect({ code, output }).toEqual({ code: 2, output: '' });
		expect(errors).toContain(flag);
		expect(errors.trimEnd().split('\n')).toHaveLength(1);
	});

	it('says what to run where nothing is built yet', async () => {
		await cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
		const { code, errors } = await end(start([], join(folder, 'examples/train.mjs')));
		expect(code).toBe(1);
		expect(errors).toBe('not set up yet: run `npm start`, which installs, builds and then trains\n');
	});
});
