import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { decodeModel, readSafetensors } from 'softmax-simd/formats';
import { expect, onTestFinished, test } from 'vitest';
import {
	chooseFiles,
	click,
	describePage,
	expectTrained,
	makeFolder,
	patience,
	readTestAccuracy,
	readText,
	train,
	waitForState,
	waitForText,
} from './open.js';

interface SavedFile {
	name: string;
	bytes: number[];
}

/** Files that the page saves are kept inside it instead. */
async function catchFiles(page: Page): Promise<void> {
	await page.evaluate(() => {
		const files: (SavedFile & { blob: Promise<unknown> })[] = [];
		Object.assign(globalThis, { files });
		let latest: Blob;
		URL.createObjectURL = (object) => {
			latest = object as Blob;
			return 'data:,';
		};
		HTMLAnchorElement.prototype.click = function () {
			const file = { name: this.download, bytes: [] as number[], blob: Promise.resolve() as Promise<unknown> };
			file.blob = latest.arrayBuffer().then((buffer) => {
				file.bytes = [...new Uint8Array(buffer)];
			});
			files.push(file);
		};
	});
}

async function save(page: Page, button: string) {
	await click(page, button);
	await waitForText(page, '#model-status', 'saved');
	const { name, bytes } = await page.evaluate(async () => {
		const file = (globalThis as unknown as { files: (SavedFile & { blob: Promise<unknown> })[] }).files.pop();
		await file?.blob;
		return { name: file?.name ?? '', bytes: file?.bytes ?? [] };
	});
	await page.$eval('#model-status', (status) => status.replaceChildren());
	return { name, bytes: Uint8Array.from(bytes) };
}

describePage('results on the example page', ({ open }) => {
	test('open the images behind a cell of the confusion matrix', async () => {
		const { page } = await open();
		await train(page, 2);
		const cell = '#confusion tbody tr:nth-child(2) td:nth-of-type(2) button';
		const count = Number(await readText(page, cell));
		expect(count).toBeGreaterThan(0);
		await page.focus(cell);
		await page.keyboard.press('Enter');
		await page.waitForSelector('#cell[open]');
		expect(await readText(page, '#cell-title')).toBe(`True class trouser, predicted trouser: ${count} images`);
		const images = await page.$$eval('#cell-images .right', (nodes) => nodes.length);
		expect(images).toBe(Math.min(count, 60));
		await click(page, '#cell-images button');
		expect(await page.$('#cell[open]')).toBeNull();
		expect(await readText(page, '#classify-name')).toBe('Image: trouser');
	});

	test('can be narrowed down to mistakes', async () => {
		const { page } = await open();
		await train(page, 1);
		await page.select('#predictions-choice', 'wrong');
		expect(await page.$$eval('#predictions .wrong', (images) => images.length)).toBe(30);
		expect(await page.$('#predictions .right')).toBeNull();
	});
});

describePage('the model of the example page', ({ open }) => {
	test('is saved as files that other programs read, and opens again', async () => {
		const { page, errors } = await open();
		await train(page, 2);
		const accuracy = await readTestAccuracy(page);
		await catchFiles(page);

		const saved = await save(page, '#model-save');
		expect(saved.name).toBe('model.safetensors');
		const { weight, bias, classNames, epoch } = decodeModel(saved.bytes);
		expect([weight.length, bias.length, classNames?.length, epoch]).toEqual([7840, 10, 10, 2]);

		const onnx = await save(page, '#model-onnx');
		expect(onnx.name).toBe('model.onnx');
		// The first field is ir_version, a number.
		expect(onnx.bytes[0]).toBe(0x08);
		expect(onnx.bytes.length).toBeGreaterThan(4 * 7850);

		const exported = await save(page, '#model-safetensors');
		const { tensors } = readSafetensors(exported.bytes);
		expect(tensors['1.weight'].shape).toEqual([10, 784]);
		expect(tensors['1.weight'].data).toEqual(weight);
		expect(tensors['1.bias'].data).toEqual(bias);

		const folder = await makeFolder();
		onTestFinished(() => rm(folder, { recursive: true }));
		const file = join(folder, saved.name);
		await writeFile(file, saved.bytes);
		const { page: other, errors: otherErrors } = await open();
		await chooseFiles(other, '#model-open', [file]);
		await waitForText(other, '#model-status', 'Opened: 2 epochs trained, 10 classes.');
		const isPredicted = () => document.querySelectorAll('#predictions .right').length > 0;
		await other.waitForFunction(isPredicted, { timeout: patience });
		await train(other, 1);
		await expectTrained(other, 3);

		// Training continued from the file's model, with the same result as without a file.
		await train(page, 1);
		expect(await readText(other, '#loss')).toBe(await readText(page, '#loss'));
		expect(await readTestAccuracy(page)).toBeGreaterThan(accuracy - 10);
		expect([...errors, ...otherErrors]).toEqual([]);
	});

	test('comes back from its copy, and is gone when all that is kept is deleted', async () => {
		const { page } = await open();
		await click(page, '#model-back');
		await waitForText(page, '#model-status', 'No copy is kept yet.');
		await train(page, 1);
		const loss = await readText(page, '#loss');
		await click(page, '#model-keep');
		await waitForText(page, '#model-status', 'A copy of the model is kept');
		await train(page, 2);
		await click(page, '#model-back');
		await waitForText(page, '#model-status', 'Opened: 1 epochs trained');
		expect([await readText(page, '#epoch'), await readText(page, '#loss')]).toEqual(['1', loss]);
		await Promise.all([page.waitForNavigation(), click(page, '#model-delete')]);
		await waitForState(page, 'ready');
		expect(await readText(page, '#status')).toBe('Ready to train.');
		expect(await readText(page, '#epoch')).toBe('–');
	});
});
