import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { build, createServer, type PreviewServer, preview, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { root } from '../../scripts/tools.mjs';
import { browserNames, launch, withoutBrowsers } from './launch.js';

const configFile = `${root}examples/web/vite.config.mjs`;
const patience = 60_000;
vi.setConfig({ testTimeout: patience, hookTimeout: patience });

/** Holds for the page and for its workers: whoever tries to reach another origin fails. */
const headers = {
	'Content-Security-Policy': [
		"default-src 'self'",
		"script-src 'self' 'wasm-unsafe-eval'",
		'worker-src blob:',
		"style-src 'self' 'unsafe-inline'",
		"img-src 'self' data:",
	].join('; '),
};

function addressOf(server: ViteDevServer | PreviewServer): string {
	const address = server.httpServer?.address() as AddressInfo | null;
	return `http://127.0.0.1:${address?.port}/`;
}

const isSample = (url: string) => url.endsWith('.gz');

/** What was asked of others. The page makes its own blob and data addresses. */
function findForeign(requests: string[], address: string): string[] {
	const { origin } = new URL(address);
	return requests.filter((url) => !url.startsWith('data:') && new URL(url).origin !== origin);
}

/** Opens the page and waits until the sample is there; what goes wrong is collected, not thrown. */
async function openPage(browser: Browser, address: string) {
	const page = await browser.newPage();
	onTestFinished(() => page.close());
	const errors: string[] = [];
	const requests: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warn') errors.push(message.text());
	});
	page.on('pageerror', (error) => errors.push(String(error)));
	page.on('requestfailed', (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
	page.on('request', (request) => requests.push(request.url()));
	await page.goto(address);
	await waitForState(page, 'ready');
	return { page, errors, requests };
}

async function waitForState(page: Page, wanted: string) {
	const isSettled = (state: string) => [state, 'error'].includes(document.body.dataset.state ?? '');
	await page.waitForFunction(isSettled, { timeout: patience }, wanted);
	const [state, status] = await page.evaluate(() => [
		document.body.dataset.state,
		document.getElementById('status')?.textContent,
	]);
	expect(state, status ?? '').toBe(wanted);
}

async function setEpochs(page: Page, epochs: number) {
	await page.$eval(
		'#epochs',
		(input, value) => {
			(input as HTMLInputElement).value = String(value);
		},
		epochs,
	);
}

function readText(page: Page, selector: string): Promise<string> {
	return page.$eval(selector, (element) => element.textContent ?? '');
}

/** Clicked from within, so that training has begun when this resolves. */
async function clickStart(page: Page) {
	await page.$eval('#start', (button) => (button as HTMLButtonElement).click());
}

async function expectTrained(page: Page, epochs: number) {
	await waitForState(page, 'done');
	expect(Number.parseFloat(await readText(page, '#test-accuracy'))).toBeGreaterThan(70);
	expect(await readText(page, '#epoch')).toBe(`${epochs} of ${epochs}`);
	expect(await page.$$eval('#pictures > .right, #pictures > .wrong', (items) => items.length)).toBe(40);
}

describe.skipIf(withoutBrowsers)('the example page', () => {
	let server: ViteDevServer;
	let built: PreviewServer;
	let folder: string;

	beforeAll(async () => {
		const quiet = { configFile, logLevel: 'warn' } as const;
		const local = { host: '127.0.0.1', port: 0, headers };
		server = await createServer({ ...quiet, server: { ...local, hmr: false, watch: null } });
		await server.listen();
		folder = await mkdtemp(join(tmpdir(), 'softmax-simd-page-'));
		await build({ ...quiet, build: { outDir: join(folder, 'some', 'folder') } });
		await build({ ...quiet, build: { outDir: join(folder, 'bare') }, publicDir: false });
		built = await preview({ ...quiet, preview: local, build: { outDir: folder } });
	});

	afterAll(async () => {
		await server?.close();
		await built?.close();
		if (folder) await rm(folder, { recursive: true });
	});

	describe.each(browserNames)('in %s', (name) => {
		let browser: Browser;

		beforeAll(async () => {
			browser = await launch(name);
		});

		afterAll(() => browser?.close());

		test('trains by the keyboard, without errors and without leaving its origin', async () => {
			const { page, errors, requests } = await openPage(browser, addressOf(server));
			await setEpochs(page, 2);
			await page.focus('#epochs');
			await page.keyboard.press('Enter');
			await expectTrained(page, 2);
			expect(errors).toEqual([]);
			expect(requests.filter(isSample)).toHaveLength(4);
			expect(findForeign(requests, addressOf(server))).toEqual([]);
		});

		test('draws and answers while it trains', async () => {
			const { page } = await openPage(browser, addressOf(server));
			await setEpochs(page, 10_000);
			const framesWhileTraining = page.evaluate(
				(enough) =>
					new Promise<number>((resolve) => {
						let frames = 0;
						const count = () => {
							const { state } = document.body.dataset;
							if (state === 'training') frames++;
							if (frames === enough || state === 'done' || state === 'error') resolve(frames);
							else requestAnimationFrame(count);
						};
						count();
					}),
				30,
			);
			await page.focus('#start');
			await page.keyboard.press('Enter');
			expect(await framesWhileTraining).toBe(30);
			// The focus has gone to the only button that does something now.
			await page.keyboard.press('Enter');
			await waitForState(page, 'done');
			expect(await readText(page, '#status')).toMatch(/^Stopped: /);
		});

		test('gives the same result for the same seed, as often as it is started', async () => {
			const { page } = await openPage(browser, addressOf(server));
			const results = [];
			for (let run = 0; run < 2; run++) {
				await setEpochs(page, 2);
				await clickStart(page);
				await expectTrained(page, 2);
				results.push(await Promise.all(['#loss', '#status', '#pictures'].map((selector) => readText(page, selector))));
			}
			expect(results[1]).toEqual(results[0]);
		});

		test('fits the width of a phone', async () => {
			const { page } = await openPage(browser, addressOf(server));
			await page.setViewport({ width: 360, height: 740 });
			await setEpochs(page, 1);
			await clickStart(page);
			await waitForState(page, 'done');
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
		});

		test('says in words what is wrong with a setting, and goes on', async () => {
			const { page, errors } = await openPage(browser, addressOf(server));
			await setEpochs(page, -1);
			await clickStart(page);
			expect(await page.$eval('#epochs', (input) => (input as HTMLInputElement).validationMessage)).not.toBe('');
			expect(await page.evaluate(() => document.body.dataset.state)).toBe('ready');
			await page.$eval('#settings', (form) => {
				(form as HTMLFormElement).noValidate = true;
			});
			await clickStart(page);
			await page.waitForSelector('[data-state="error"]', { timeout: patience });
			expect(await readText(page, '#status')).toMatch(/epochs: expected .*got -1/);
			await setEpochs(page, 1);
			await clickStart(page);
			await waitForState(page, 'done');
			expect(errors).toEqual([]);
		});

		test('says in words that the pictures are missing', async () => {
			const page = await browser.newPage();
			onTestFinished(() => page.close());
			await page.goto(`${addressOf(built)}bare/`);
			await page.waitForSelector('[data-state="error"]', { timeout: patience });
			expect(await readText(page, '#status')).toMatch(/^That did not work\. .*idx/);
			expect(await page.$eval('#start', (button) => (button as HTMLButtonElement).disabled)).toBe(true);
		});

		test('works as static files in any folder', async () => {
			const address = `${addressOf(built)}some/folder/`;
			const { page, errors, requests } = await openPage(browser, address);
			await setEpochs(page, 2);
			await clickStart(page);
			await expectTrained(page, 2);
			expect(errors).toEqual([]);
			expect(requests.filter(isSample).filter((url) => url.startsWith(address))).toHaveLength(4);
			expect(findForeign(requests, address)).toEqual([]);
		});
	});
});
