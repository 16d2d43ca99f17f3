import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../../../scripts/tools.mjs';
import { browserNames, launch, withoutBrowsers } from '../launch.js';
import {
	buildPage,
	chooseFiles,
	click,
	describePage,
	expectTrained,
	findForeign,
	makeFolder,
	openAddress,
	patience,
	readText,
	servePages,
	train,
	waitForState,
	waitForText,
} from './open.js';

describe.skipIf(withoutBrowsers)('the example page built without its sample', () => {
	let folder: string;
	let server: Awaited<ReturnType<typeof servePages>>;

	beforeAll(async () => {
		folder = await makeFolder();
		await buildPage(folder, { publicDir: false });
		server = await servePages(folder);
	});

	afterAll(async () => {
		await server?.close();
		if (folder) await rm(folder, { recursive: true });
	});

	test.each(browserNames)('says in words what is missing, in %s', async (name) => {
		const browser = await launch(name);
		onTestFinished(() => browser.close());
		const { page } = await openAddress(browser, server.address);
		await page.waitForSelector('[data-state="error"]', { timeout: patience });
		expect(await readText(page, '#status')).toMatch(/^That did not work\. .*idx/);
		expect(await readText(page, '#data-status')).toMatch(/^The images could not be read: .*idx/);
		expect(await page.$eval('#start', (button) => (button as HTMLButtonElement).disabled)).toBe(true);
	});
});

describe.skipIf(withoutBrowsers)('the example page as a single file', () => {
	let folder: string;

	beforeAll(async () => {
		folder = await makeFolder();
		await buildPage(folder, { mode: 'single-file' });
	});

	afterAll(async () => {
		if (folder) await rm(folder, { recursive: true });
	});

	test.each(browserNames)('trains without any server, in %s', async (name) => {
		const browser = await launch(name);
		onTestFinished(() => browser.close());
		const address = pathToFileURL(join(folder, 'softmax-simd.html')).href;
		const { page, errors, requests } = await openAddress(browser, address);
		await waitForState(page, 'ready');
		await train(page, 2);
		await expectTrained(page, 2);
		expect(errors).toEqual([]);
		expect(findForeign(requests, address)).toEqual([]);
	});
});

describePage('the example page without the full data set', ({ open }) => {
	test('says so, goes on with the sample, and takes the four files instead', async () => {
		const { page } = await open();
		await click(page, '[name="source"][value="full"]');
		await waitForText(page, '#missing-text', 'The full data set is not beside this page');
		expect(await page.$eval('[name="source"]:checked', (radio) => (radio as HTMLInputElement).value)).toBe('sample');
		await train(page, 1);
		await expectTrained(page, 1);

		// Any files of those names and that format will do.
		const files = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'].map(
			(name) => `${root}examples/sample/${name}-ubyte.gz`,
		);
		await chooseFiles(page, '#full-files', files.slice(0, 3));
		await waitForText(page, '#missing-status', 'still missing: t10k-labels-idx1-ubyte.gz');
		await chooseFiles(page, '#full-files', files.slice(3));
		await page.waitForSelector('#missing[hidden]', { timeout: patience });
		const isChosen = () => document.querySelector<HTMLInputElement>('[value="full"]')?.checked;
		await page.waitForFunction(isChosen, { timeout: patience });
		await waitForState(page, 'ready');
		await train(page, 2);
		await expectTrained(page, 2);
		await page.waitForFunction(() => document.body.dataset.kept === '2', { timeout: patience });
		await page.reload();
		await waitForState(page, 'ready');
		expect(await readText(page, '#status')).toBe('Back where you were: 2 epochs trained.');
		expect(await page.evaluate(isChosen)).toBe(true);
	});
});

describePage(
	'the example page, once it was there',
	({ open }) => {
		test('works without a network', async () => {
			const { page, errors } = await open();
			await page.evaluate(async () => {
				await navigator.serviceWorker.ready;
			});
			await page.waitForFunction(() => navigator.serviceWorker.controller, { timeout: patience });
			await page.setOfflineMode(true);
			await page.reload();
			await waitForState(page, 'ready');
			await train(page, 2);
			await expectTrained(page, 2);
			expect(errors).toEqual([]);
		});
	},
	['chrome'],
);
