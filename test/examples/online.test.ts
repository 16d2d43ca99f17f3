import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeModel, type SavedModel } from 'softmax-simd/formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, run, start } from './processes.js';

let folder: string;
let checkpoint: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'online-'));
	checkpoint = join(folder, 'checkpoints', 'model.safetensors');
});

afterEach(async () => {
	await rm(folder, { recursive: true });
});

/** Lines of events of two classes, those with numbers from `first` on. */
function events(count: number, first = 0): string {
	const lines = Array.from({ length: count }, (_, index) => {
		const event = first + index;
		const input = [Math.sin(event), Math.cos(event), event % 2 ? 1 : -1];
		return `${JSON.stringify({ label: event % 2 ? 'odd' : 'even', input })}\n`;
	});
	return lines.join('');
}

function options(...more: string[]): string[] {
	return ['--classes', 'even,odd', '--batch-size', '8', '--checkpoint', checkpoint, ...more];
}

async function readCheckpoint(): Promise<SavedModel> {
	return decodeModel(await readFile(checkpoint));
}

/** Expects the checkpoint, and no temporary file of the writing, in the folder. */
async function expectCheckpointOnly(): Promise<void> {
	expect(await readdir(join(folder, 'checkpoints'))).toEqual(['model.safetensors']);
}

describe('examples/online.mjs', () => {
	it('learns from events to the end of the input and says how well it predicted them before', async () => {
		const { code, output, errors } = await run('online.mjs', options('--report-every', '5'), folder, events(100));
		expect({ code, errors }).toEqual({ code: 0, errors: '' });
		const reports = [
			...output.matchAll(/^(\d+) samples seen; before learning from the last (\d+): accuracy ([\d.]+)/gm),
		];
		expect(reports.map(([, seen, last]) => [seen, last])).toEqual([
			['40', '40'],
			['80', '40'],
			['100', '20'],
		]);
		expect(Number(reports[0][3])).toBeLessThan(1);
		expect(Number(reports[2][3])).toBe(1);
		expect((await readCheckpoint()).options).toEqual({ samplesSeen: 100, linesTaken: 100 });
		await expectCheckpointOnly();
	});

	it.each(['SIGTERM', 'SIGINT'] as const)('loses nothing at %s, and goes on from there', async (signal) => {
		const first = start('online.mjs', options('--report-every', '1'), folder);
		first.child.stdin.write(events(50));
		// Six whole batches; two events are left for the next batch when the signal comes.
		await first.says('48 samples seen');
		first.child.kill(signal);
		const { code, output, errors } = await first.ended;
		expect({ code, errors }).toEqual({ code: 0, errors: '' });
		expect(output).toContain('stopped after line 50: 50 samples seen');
		expect((await readCheckpoint()).options).toEqual({ samplesSeen: 50, linesTaken: 50 });

		const { output: again } = await run('online.mjs', options(), folder, events(30, 50));
		expect(again).toContain('goes on after line 50, 50 samples seen');
		expect(again).toContain('stopped after line 80: 80 samples seen');
		expect((await readCheckpoint()).options).toEqual({ samplesSeen: 80, linesTaken: 80 });
		await expectCheckpointOnly();
	});

	it('leaves a line that came in part to its sender', async () => {
		const { child, ended, says } = start('online.mjs', options('--report-every', '1'), folder);
		child.stdin.write(`${events(8)}{"label":"odd","inp`);
		await says('8 samples seen');
		child.kill('SIGTERM');
		const { code, output, errors } = await ended;
		expect({ code, errors }).toEqual({ code: 0, errors: '' });
		expect(output).toContain('stopped after line 8: 8 samples seen');
	});

	it('ends with the same weights, stopped on the way or not', async () => {
		const recipe = options('--momentum', '0.9', '--learning-rate', '0.05');
		await run('online.mjs', recipe, folder, events(160));
		const atOnce = await readCheckpoint();
		await rm(checkpoint);
		await run('online.mjs', recipe, folder, events(64));
		await run('online.mjs', recipe, folder, events(96, 64));
		expect(await readCheckpoint()).toEqual(atOnce);
	});

	it('can be killed at any time: the last checkpoint says which line comes next', async () => {
		const { child, ended, says } = start(
			'online.mjs',
			options('--report-every', '1', '--checkpoint-every', '3'),
			folder,
		);
		child.stdin.write(events(36));
		await says('32 samples seen');
		child.kill('SIGKILL');
		expect((await ended).code).toBe(null);
		const kept = await readCheckpoint();
		expect(kept.options).toEqual({ samplesSeen: 24, linesTaken: 24 });

		await run('online.mjs', options(), folder, events(40, 24));
		const repeated = await readCheckpoint();
		await rm(checkpoint);
		await run('online.mjs', options(), folder, events(64));
		expect(repeated).toEqual(await readCheckpoint());
	});

	it('names a bad line, skips it and learns from the rest', async () => {
		const bad = [
			'{"label": "odd", "input": [1, 2',
			'[]',
			'null',
			'{"label": "prime", "input": [1, 2, 3]}',
			'{"label": 2, "input": [1, 2, 3]}',
			'{"label": "odd"}',
			'{"label": "odd", "input": [1, 2]}',
			'{"label": "odd", "input": [1, 2, null]}',
			'{"label": "odd", "input": [1, 2, 1e39]}',
		];
		const input = `${events(3)}${bad.join('\n')}\n\n${events(3).trimEnd()}`;
		const { code, output, errors } = await run('online.mjs', options(), folder, input);
		expect(code).toBe(0);
		expect(output).toContain('stopped after line 16, 9 skipped: 6 samples seen');
		expect(errors.trimEnd().split('\n')).toEqual([
			expect.stringMatching(/^line 4 skipped: not JSON: /),
			"line 5 skipped: label: expected a class's name or index, got undefined",
			'line 6 skipped: expected an object with label and input',
			'line 7 skipped: label: expected a class\'s name or index, got "prime"',
			"line 8 skipped: label: expected a class's name or index, got 2",
			'line 9 skipped: input: expected an array of numbers',
			'line 10 skipped: input: expected 3 numbers, got 2',
			'line 11 skipped: input 2: expected a float32 number, got null',
			'line 12 skipped: input 2: expected a float32 number, got 1e+39',
		]);
	});

	it('keeps what came before a line that is too long to be one', async () => {
		const input = events(3) + 'x'.repeat(17_000_000);
		const { code, output, errors } = await run('online.mjs', options(), folder, input);
		expect(code).toBe(1);
		expect(output).toContain('stopped after line 3: 3 samples seen');
		expect(errors).toBe('the input ends here: a line of more than 16777216 characters\n');
	});

	it('shows itself on images, at a rate, as long as one likes', { timeout: 60_000 }, async () => {
		const demo = ['--demo', '--checkpoint', checkpoint, '--rate', '100000'];
		await run('online.mjs', [...demo, '--events', '960'], folder);
		await run('online.mjs', [...demo, '--events', '1920'], folder);
		const inParts = await readCheckpoint();
		expect(inParts.options).toEqual({ samplesSeen: 1920, linesTaken: 1920 });
		await rm(checkpoint);
		const { output } = await run('online.mjs', [...demo, '--events', '1920'], folder);
		expect(await readCheckpoint()).toEqual(inParts);
		const accuracies = [...output.matchAll(/accuracy ([\d.]+)/g)].map(([, accuracy]) => Number(accuracy));
		expect(accuracies.at(-1)).toBeGreaterThan(accuracies[0]);

		const endless = start('online.mjs', [...demo, '--rate', '200', '--report-every', '1'], folder);
		await endless.says('1,984 samples seen');
		endless.child.kill('SIGTERM');
		expect(await endless.ended).toMatchObject({ code: 0, errors: '' });
	});

	it('leaves a file alone that is no checkpoint', async () => {
		checkpoint = join(folder, 'notes.txt');
		await writeFile(checkpoint, 'do not forget the milk');
		const { code, output, errors } = await run('online.mjs', options(), folder, events(8));
		expect({ code, output }).toEqual({ code: 1, output: '' });
		expect(errors).toMatch(/^.*notes\.txt is no model file to go on from: .*\n$/);
		expect((await stat(checkpoint)).size).toBe(22);
	});

	it('keeps the checkpoint as it was when learning fails', async () => {
		await run('online.mjs', options(), folder, events(8));
		const before = await readFile(checkpoint);
		const fatal = '{"label": "odd", "input": [3e38, 3e38, 3e38]}\n{"label": "even", "input": [3e38, 3e38, 3e38]}\n';
		const { code, errors } = await run('online.mjs', options(), folder, fatal.repeat(8));
		expect(code).toBe(1);
		expect(errors).toContain('is as it was after line 8');
		expect(await readFile(checkpoint)).toEqual(before);
	});

	it('refuses other classes or another scale than the checkpoint has', async () => {
		await run('online.mjs', options(), folder, events(8));
		expect(await run('online.mjs', ['--checkpoint', checkpoint, '--classes', 'a,b'], folder)).toEqual(
			refusal(`--classes: those of ${checkpoint} are even,odd, not a,b`),
		);
		expect(await run('online.mjs', options('--input-scale', '2'), folder)).toEqual(
			refusal(`--input-scale: that of ${checkpoint} is 1, not 2`),
		);
		const { code } = await run('online.mjs', ['--checkpoint', checkpoint], folder, events(8));
		expect(code).toBe(0);
	});

	it('lists its options with --help', async () => {
		const { code, output } = await run('online.mjs', ['--help'], folder);
		expect(code).toBe(0);
		for (const flag of ['checkpoint', 'classes', 'batch-size', 'checkpoint-every', 'demo', 'rate', 'events']) {
			expect(output).toContain(`--${flag} `);
		}
	});

	it.each([
		[[], '--classes: needed to begin, as there is no out/online.safetensors yet'],
		[['--classes', 'one'], "--classes: expected two or more different names with commas between, got 'one'"],
		[['--classes', '1'], "--classes: expected a whole number from 2 to 65535, got '1'"],
		[['--batch-size', '0'], "--batch-size: expected a whole number from 1 to 1000000, got '0'"],
		[['--momentum', '1'], "--momentum: expected a number from 0 to below 1, got '1'"],
		[['--demo', '--classes', 'a,b'], '--demo and --classes exclude each other'],
		[['--events', '9'], '--events is for --demo only'],
		[['--checkpoint', ''], '--checkpoint: expected something, got nothing'],
		[['--colour'], "Unknown option '--colour'"],
	])('refuses %j', async (args, line) => {
		expect(await run('online.mjs', args, folder)).toEqual(refusal(line));
	});
});
