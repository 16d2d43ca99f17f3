import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { loadFashionMnist } from 'softmax-simd';
import { decodeModel } from 'softmax-simd/formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, root, run } from './processes.js';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'folder-'));
});

afterEach(async () => {
	await rm(folder, { recursive: true });
});

interface Image {
	width: number;
	height: number;
	channels: number;
	data: Uint8Array | Uint16Array;
	depth?: 8 | 16;
}

async function write(path: string, image: Image): Promise<void> {
	await mkdir(join(folder, path, '..'), { recursive: true });
	await writeFile(join(folder, path), encode(image));
}

/** Writes real images, large or small: this many of each class, as files in `images/<class>`. */
async function writeImages(classNames: string[], perClass: number): Promise<void> {
	const { train } = await loadFashionMnist({ folder: `${root}/examples/sample` });
	for (const className of classNames) {
		const label = train.classNames.indexOf(className);
		let index = -1;
		for (let image = 0; image < perClass; image++) {
			index = train.labels.indexOf(label, index + 1);
			const data = train.inputs.slice(index * 784, (index + 1) * 784);
			await write(`images/${className}/${image}.png`, { width: 28, height: 28, channels: 1, data });
		}
	}
}

/** An image of one colour. */
function plain(width: number, height: number, colour: number[], depth: 8 | 16 = 8): Image {
	const values = Array.from({ length: width * height }, () => colour).flat();
	const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
	return { width, height, channels: colour.length, data, depth };
}

async function readModel() {
	return decodeModel(await readFile(join(folder, 'out/folder.safetensors')));
}

describe('examples/folder.mjs', () => {
	it('trains on folders of images, holds some of every class out, and keeps the model', async () => {
		await writeImages(['trouser', 'bag', 'ankle boot'], 40);
		const { code, output, errors } = await run('folder.mjs', ['images', '--predict', 'images/bag/7.png'], folder);
		expect({ code, errors }).toEqual({ code: 0, errors: '' });
		expect(output).toContain('120 images in images, 28 × 28 gray: ankle boot 40, bag 40, trouser 40');
		const [, accuracy] = /held out: loss [\d.]+, accuracy ([\d.]+) \(of \d+.*\) is kept/.exec(output)!;
		expect(Number(accuracy)).toBeGreaterThan(0.9);
		expect(output).toMatch(/^images\/bag\/7\.png: bag \d+\.\d %, .+ %, .+ %$/m);
		expect(await readModel()).toMatchObject({ classNames: ['ankle boot', 'bag', 'trouser'], inputShape: [28, 28] });
	});

	it('predicts with the model that was kept, without training', async () => {
		await writeImages(['trouser', 'bag'], 20);
		const trained = await run('folder.mjs', ['images', '--predict', 'images/trouser/3.png', '--quiet'], folder);
		const { code, output } = await run('folder.mjs', ['--predict', 'images/trouser/3.png'], folder);
		expect(code).toBe(0);
		expect(output).toMatch(/^images\/trouser\/3\.png: trouser .* %, bag .* %\n$/);
		expect(trained.output.endsWith(output)).toBe(true);
	});

	it('gives the same with the same seed', async () => {
		await writeImages(['trouser', 'bag'], 20);
		await run('folder.mjs', ['images', '--seed', '3'], folder);
		const model = await readModel();
		await run('folder.mjs', ['images', '--seed', '3'], folder);
		expect(await readModel()).toEqual(model);
	});

	it('tells colours apart, whatever kind of PNG they come in', async () => {
		const kinds = [plain(9, 4, [250, 0, 0]), plain(40, 40, [65_000, 0, 0], 16), plain(5, 5, [250, 0, 0, 255])];
		for (const [index, image] of kinds.entries()) await write(`images/red/${index}.png`, image);
		const others = [plain(9, 4, [0, 0, 250]), plain(8, 8, [0, 0, 65_000], 16), plain(5, 5, [0, 0, 250, 255])];
		for (const [index, image] of others.entries()) await write(`images/blue/${index}.png`, image);
		// Fully black, but transparent.
		for (let index = 0; index < 3; index++) await write(`images/white/${index}.png`, plain(6, 6, [0, 0, 0, 0]));
		await write('white.png', plain(3, 3, [255]));

		const args = ['images', '--size', '4', '--hold-out', '0', '--predict', 'white.png'];
		const { code, output, errors } = await run('folder.mjs', args, folder);
		expect({ code, errors }).toEqual({ code: 0, errors: '' });
		expect(output).toContain('9 images in images, 4 × 4 RGB: blue 3, red 3, white 3');
		expect(output).not.toContain('held out');
		expect(output).toMatch(/^white\.png: white /m);
		expect((await readModel()).inputShape).toEqual([4, 4, 3]);
	});

	it('names files that are no images, and goes on without them', async () => {
		await writeImages(['trouser', 'bag'], 5);
		const whole = await readFile(join(folder, 'images/bag/0.png'));
		const damaged = Buffer.from(whole);
		damaged[damaged.length - 20] ^= 1;
		await writeFile(join(folder, 'images/bag/damaged.png'), damaged);
		await writeFile(join(folder, 'images/bag/half.png'), whole.subarray(0, whole.length / 2));
		await writeFile(join(folder, 'images/trouser/notes.txt'), 'blue ones are missing');
		await writeFile(join(folder, 'images/readme.txt'), 'not a class');
		const { code, output, errors } = await run('folder.mjs', ['images'], folder);
		expect(code).toBe(0);
		expect(output).toContain('10 images in images');
		expect(errors.trimEnd().split('\n')).toEqual([
			expect.stringMatching(/^images\/bag\/damaged\.png skipped: /),
			expect.stringMatching(/^images\/bag\/half\.png skipped: /),
			expect.stringMatching(/^images\/trouser\/notes\.txt skipped: /),
		]);
	});

	it('refuses a folder without classes to tell apart', async () => {
		const expected = 'FOLDER: expected images/CLASS/*.png of two classes or more, found';
		await mkdir(join(folder, 'images'));
		expect(await run('folder.mjs', ['images'], folder)).toEqual(refusal(`${expected} no PNG images`));
		await writeImages(['bag'], 2);
		expect(await run('folder.mjs', ['images'], folder)).toEqual(refusal(`${expected} images of one class only, bag`));
		await mkdir(join(folder, 'images/cup'));
		await writeFile(join(folder, 'images/cup/0.png'), 'tea');
		const { code, errors } = await run('folder.mjs', ['images'], folder);
		expect(code).toBe(2);
		expect(errors).toContain('one class only, bag; 1 skipped, such as images/cup/0.png: ');
	});

	it('refuses to hold out of what is too little', async () => {
		await writeImages(['trouser', 'bag'], 2);
		const { code, errors } = await run('folder.mjs', ['images'], folder);
		expect(code).toBe(2);
		expect(errors).toMatch(/^--hold-out: expected a fraction that leaves samples .*got 0\.2, .*\n$/);
	});

	it('says which image it cannot predict', async () => {
		await writeImages(['trouser', 'bag'], 5);
		await run('folder.mjs', ['images'], folder);
		await writeFile(join(folder, 'tea.png'), 'tea');
		for (const path of ['nowhere.png', 'tea.png']) {
			const { code, output, errors } = await run('folder.mjs', ['--predict', path], folder);
			expect({ code, output }).toEqual({ code: 1, output: '' });
			expect(errors).toMatch(new RegExp(`^${path}: .*\n$`));
		}
	});

	it('lists its options with --help', async () => {
		const { code, output } = await run('folder.mjs', ['--help'], folder);
		expect(code).toBe(0);
		for (const flag of ['predict', 'model', 'size', 'hold-out', 'epochs', 'seed', 'quiet']) {
			expect(output).toContain(`--${flag} `);
		}
	});

	it.each([
		[[], 'expected a FOLDER to train on, or --predict FILE'],
		[['a', 'b'], 'FOLDER: expected one, got a, b'],
		[['nowhere'], "FOLDER: ENOENT: no such file or directory, scandir 'nowhere'"],
		[['--predict', 'a.png'], 'FOLDER: needed, as there is no out/folder.safetensors yet to predict with'],
		[['a', '--size', '0'], "--size: expected a whole number from 1 to 1024, got '0'"],
		[['a', '--hold-out', '1'], "--hold-out: expected a number from 0 to below 1, got '1'"],
		[['a', '--colour'], "Unknown option '--colour'"],
	])('refuses %j', async (args, line) => {
		expect(await run('folder.mjs', args, folder)).toEqual(refusal(line));
	});
});
