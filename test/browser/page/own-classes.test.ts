import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { expect, onTestFinished, test } from 'vitest';
import {
	chooseFiles,
	click,
	describePage,
	makeFolder,
	patience,
	readText,
	setField,
	train,
	waitForState,
	waitForText,
} from './open.js';

async function openOwn(page: Page): Promise<void> {
	await click(page, '[name="source"][value="own"]');
	await waitForState(page, 'empty');
}

async function addClass(page: Page, name: string): Promise<void> {
	await page.type('#own-name', name);
	await page.keyboard.press('Enter');
}

/** Draws a line on the pad, from and to shares of its width and height, and adds it to the class that is chosen. */
async function draw(page: Page, from: [number, number], to: [number, number]): Promise<void> {
	const counts = () => [...document.querySelectorAll('#own-list li span')].map((node) => node.textContent).join();
	const before = await page.evaluate(counts);
	const pad = await page.$('#own-pad canvas');
	await pad!.scrollIntoView();
	const { x, y, width, height } = (await pad!.boundingBox())!;
	await page.mouse.move(x + from[0] * width, y + from[1] * height);
	await page.mouse.down();
	await page.mouse.move(x + to[0] * width, y + to[1] * height, { steps: 4 });
	await page.mouse.up();
	await click(page, '#own-pad-add');
	await page.waitForFunction(
		(old) => [...document.querySelectorAll('#own-list li span')].map((node) => node.textContent).join() !== old,
		{ timeout: patience },
		before,
	);
}

const readCounts = (page: Page) => page.$$eval('#own-list li span', (nodes) => nodes.map((node) => node.textContent));

describePage('classes of one’s own', ({ open }) => {
	test('are named, drawn, told apart, kept over a reload and removed', async () => {
		const { page, errors } = await open();
		await openOwn(page);
		await click(page, '#own-pad-add');
		await waitForText(page, '#own-status', 'Draw something first.');
		await addClass(page, 'upright');
		for (const x of [0.2, 0.35, 0.5, 0.65, 0.8]) await draw(page, [x, 0.1], [x, 0.9]);
		await addClass(page, 'lying');
		for (const y of [0.2, 0.35, 0.5, 0.65, 0.8]) await draw(page, [0.1, y], [0.9, y]);
		expect(await readCounts(page)).toEqual(['5 images', '5 images']);
		await waitForState(page, 'ready');
		await waitForText(page, '#data-status', '8 training images, 2 test images, 2 classes');
		await addClass(page, 'upright');
		await waitForText(page, '#own-status', 'There is a class of that name already.');
		await setField(page, '#own-name', '');

		await setField(page, '#batch-size', 4);
		await train(page, 50);
		expect(await readText(page, '#train-accuracy')).toBe('100.0 %');
		expect(await page.$$eval('#templates li', (items) => items.map((item) => item.textContent))).toEqual([
			'upright',
			'lying',
		]);

		// The weights of two classes stay when a third is added.
		await addClass(page, 'falling');
		await waitForText(page, '#data-status', '3 classes');
		for (const x of [0.1, 0.2]) await draw(page, [x, 0.1], [x + 0.7, 0.9]);
		await waitForText(page, '#data-status', '10 training images, 2 test images, 3 classes');
		expect(await readText(page, '#start')).toBe('Train further');
		await train(page, 50);
		expect(await readText(page, '#epoch')).toBe('100');
		await page.waitForFunction(() => document.body.dataset.kept === '100', { timeout: patience });

		await page.reload();
		await waitForState(page, 'ready');
		expect(await readText(page, '#status')).toBe('Back where you were: 100 epochs trained.');
		expect(await readCounts(page)).toEqual(['5 images', '5 images', '2 images']);
		await click(page, '#own-list li:nth-child(3) button');
		await waitForText(page, '#data-status', '8 training images, 2 test images, 2 classes');
		await train(page, 1);
		expect(await page.$$eval('#confusion tbody tr', (rows) => rows.length)).toBe(2);
		await click(page, '#own-list li:nth-child(2) button');
		await waitForState(page, 'empty');
		expect(await readText(page, '#status')).toBe('Two classes with images are needed to train.');
		expect(errors).toEqual([]);
	});

	test('come and go while training runs', async () => {
		const { page, errors } = await open();
		await openOwn(page);
		await addClass(page, 'upright');
		for (const x of [0.3, 0.6]) await draw(page, [x, 0.1], [x, 0.9]);
		await addClass(page, 'lying');
		for (const y of [0.3, 0.6]) await draw(page, [0.1, y], [0.9, y]);
		await waitForText(page, '#data-status', '4 training images');
		await setField(page, '#epochs', 10_000);
		// In slow motion, training does not end by itself in the meantime.
		await click(page, '#slow');
		await click(page, '#start');
		await waitForState(page, 'training');
		await addClass(page, 'falling');
		await draw(page, [0.1, 0.1], [0.9, 0.9]);
		await waitForText(page, '#data-status', '5 training images, 5 test images, 3 classes');
		await waitForState(page, 'training');
		await click(page, '#own-list li:nth-child(1) button');
		await waitForText(page, '#data-status', '3 training images, 3 test images, 2 classes');
		await waitForState(page, 'training');
		const epochsSoFar = await page.$$eval('#epochs-table tr', (rows) => rows.length);
		const hasGoneOn = (before: number) => document.querySelectorAll('#epochs-table tr').length > before;
		await page.waitForFunction(hasGoneOn, { timeout: patience }, epochsSoFar);
		await click(page, '#stop');
		await waitForState(page, 'done');
		expect(await page.$$eval('#templates li', (items) => items.map((item) => item.textContent))).toEqual([
			'lying',
			'falling',
		]);
		expect(errors).toEqual([]);
	});
});

describePage(
	'images of one’s own from folders',
	({ open }) => {
		test('become a class for every folder, and a file that is no image is named', async () => {
			const { page, errors } = await open();
			const folder = await makeFolder();
			onTestFinished(() => rm(folder, { recursive: true }));
			for (const [name, colour] of [
				['dark', 'black'],
				['bright', 'white'],
			]) {
				await mkdir(join(folder, name));
				const base64 = await page.evaluate((fill) => {
					const canvas = document.createElement('canvas');
					canvas.width = canvas.height = 40;
					const context = canvas.getContext('2d')!;
					context.fillStyle = fill;
					context.fillRect(0, 0, 40, 40);
					return canvas.toDataURL('image/png').split(',')[1];
				}, colour);
				for (const index of [1, 2, 3]) await writeFile(join(folder, name, `${index}.png`), base64, 'base64');
				await writeFile(join(folder, name, 'notes.txt'), 'no image');
			}
			await writeFile(join(folder, 'dark', 'broken.png'), 'no image');
			await openOwn(page);
			await chooseFiles(page, '#folder-input', [folder]);
			await waitForText(page, '#own-status', '6 images added; 1 files could not be read, the first is broken.png.');
			const names = await page.$$eval('#own-list input', (inputs) => inputs.map(({ value }) => value));
			expect(names.sort()).toEqual(['bright', 'dark']);
			await waitForState(page, 'ready');
			await train(page, 20);
			expect(await readText(page, '#train-accuracy')).toBe('100.0 %');
			expect(errors).toEqual([]);
		});
	},
	['chrome'],
);
