import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedHashes, fitOptions, precisions, trainerOptions } from '../bits/same-bits.js';
import bits from '../golden/bits.json';
import { browserNames, launch, withoutBrowsers } from './launch.js';
import { type Server, serve } from './serve.js';

/** A plain page without a bundler: an import map gives the address of `softmax-simd`. */
const html = `<!doctype html><title>test</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "softmax-simd": "./dist/browser/index.js", "softmax-simd/": "./dist/browser/" } }</script>
<script type="module">
import * as softmaxSimd from 'softmax-simd';
import { readImages } from 'softmax-simd/images.js';
import { allHashes } from '/test/bits/cases.js';
Object.assign(globalThis, { softmaxSimd, readImages, allHashes });</script>`;
declare const softmaxSimd: typeof import('softmax-simd');
declare const readImages: typeof import('softmax-simd/images').readImages;
declare const allHashes: typeof import('../bits/cases.js').allHashes;

let server: Server;
beforeAll(async () => {
	server = await serve('.', html);
});
afterAll(() => server.close());

describe.skipIf(withoutBrowsers).each(browserNames)('in %s', (name) => {
	let browser: Browser;
	let page: Page;
	beforeAll(async () => {
		browser = await launch(name);
		page = await browser.newPage();
		await page.goto(server.origin);
	});
	afterAll(() => browser?.close());

	test.each(precisions)(
		'Trainer and Engine end two epochs on the sample with the committed bits in %s',
		async (precision) => {
			const hashes = await page.evaluate(
				async (trainerOptions, fitOptions) => {
					const { createTrainer, Engine, loadFashionMnist } = softmaxSimd;
					const { train } = await loadFashionMnist({ baseUrl: '/examples/sample/' });
					const hashes: string[] = [];
					for (const facade of [await createTrainer(trainerOptions), await Engine.create(trainerOptions)]) {
						await facade.fit({ inputs: train.inputs, labels: train.labels }, fitOptions);
						const { weight, bias } = await facade.getWeights();
						const digest = await crypto.subtle.digest('SHA-256', Float32Array.of(...weight, ...bias));
						hashes.push(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''));
						await facade.dispose();
					}
					return hashes;
				},
				{ ...trainerOptions, precision },
				fitOptions,
			);
			expect(hashes).toEqual([expectedHashes[precision], expectedHashes[precision]]);
		},
	);

	test('all recorded trainings end in their bits', async () => {
		const hashes = await page.evaluate(async () => {
			const { train } = await softmaxSimd.loadFashionMnist({ baseUrl: '/examples/sample/' });
			return allHashes(softmaxSimd, train);
		});
		expect(hashes).toEqual(bits);
	});

	test('the page goes on drawing frames and taking an abort while it trains', async () => {
		const { frames, name } = await page.evaluate(async () => {
			const { createTrainer } = softmaxSimd;
			const trainer = await createTrainer();
			const inputs = new Float32Array(20_000 * 100).map((_, index) => (index % 7) - 3);
			const labels = Array.from({ length: 20_000 }, (_, row) => row % 10);
			const controller = new AbortController();
			let frames = 0;
			const draw = () => {
				frames++;
				if (frames === 20) controller.abort();
				else requestAnimationFrame(draw);
			};
			const run = trainer.fit({ inputs, labels }, { epochs: 1e6, signal: controller.signal });
			requestAnimationFrame(draw);
			const name = await run.catch((thrown: Error) => thrown.name);
			await trainer.dispose();
			return { frames, name };
		});
		expect({ frames, name }).toEqual({ frames: 20, name: 'AbortError' });
	});

	test('files, bitmaps and pixels of one image are read alike, and a broken file is refused by its row', async () => {
		const { rows, error } = await page.evaluate(async () => {
			const canvas = new OffscreenCanvas(6, 4);
			const context = canvas.getContext('2d')!;
			context.fillStyle = 'white';
			context.fillRect(0, 0, 6, 4);
			context.fillStyle = 'black';
			context.fillRect(0, 0, 3, 4);
			const images = [
				await canvas.convertToBlob({ type: 'image/png' }),
				await createImageBitmap(canvas),
				context.getImageData(0, 0, 6, 4),
			];
			const rows = Array.from(await readImages(images, { size: [1, 2] }));
			const { code, row } = await readImages([images[2], new Blob(['no image'])]).then(
				() => null!,
				(thrown) => thrown,
			);
			return { rows, error: { code, row } };
		});
		expect(rows).toEqual([0, 255, 0, 255, 0, 255]);
		expect(error).toEqual({ code: 'INVALID_FILE', row: 1 });
	});

	test('errors keep class, code and row on their way out of the worker', async () => {
		const error = await page.evaluate(async () => {
			const { createTrainer, InvalidValueError } = softmaxSimd;
			const trainer = await createTrainer({ inputShape: 2, classes: 2 });
			const data = { inputs: Float32Array.of(1, 2, 3, Number.NaN), labels: [0, 1] };
			const error = await trainer.fit(data).then(
				() => null,
				(thrown) => thrown,
			);
			await trainer.dispose();
			const { name, code, field, row, column } = error;
			return {
				isTyped: error instanceof InvalidValueError && error instanceof RangeError,
				name,
				code,
				field,
				row,
				column,
			};
		});
		expect(error).toEqual({
			isTyped: true,
			name: 'InvalidValueError',
			code: 'INVALID_DATA',
			field: 'inputs',
			row: 1,
			column: 1,
		});
	});
});
