/** The example page as it is built, served below a subpath by a static server, and what tests do with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { build, type InlineConfig, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { root } from '../../../scripts/tools.mjs';
import { type BrowserName, browserNames, launch, withoutBrowsers } from '../launch.js';

export const patience = 60_000;

const configFile = `${root}examples/web/vite.config.mjs`;

/** The policy of the page and of its workers: requests to another origin fail. */
const headers = {
	'Content-Security-Policy': [
		"default-src 'self'",
		"script-src 'self' 'wasm-unsafe-eval'",
		"worker-src 'self' blob:",
		"style-src 'self' 'unsafe-inline'",
		"img-src 'self' data: blob:",
	].join('; '),
};

/** Builds do not contain the full data set, which is large and not on every machine. */
process.env.FASHION_MNIST = '/nowhere';

export async function makeFolder(): Promise<string> {
	return mkdtemp(join(tmpdir(), 'softmax-simd-page-'));
}

export async function buildPage(outDir: string, options: InlineConfig = {}): Promise<void> {
	await build({ configFile, logLevel: 'error', ...options, build: { outDir } });
}

/** Serves a folder of built pages. */
export async function servePages(folder: string) {
	const local = { host: '127.0.0.1', port: 0, headers };
	const server = await preview({ configFile, logLevel: 'error', preview: local, build: { outDir: folder } });
	const { port } = server.httpServer.address() as AddressInfo;
	return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** Requests to other origins. Blob and data addresses are the page's own. */
export function findForeign(requests: string[], address: string): string[] {
	return requests.filter((url) => !/^(data|blob):/.test(url) && !url.startsWith(address));
}

export interface Opened {
	page: Page;
	errors: string[];
	requests: string[];
}

/** Opens an address with an empty cache and storage; errors are collected, not thrown. */
export async function openAddress(browser: Browser, address: string): Promise<Opened> {
	const context = await browser.createBrowserContext();
	onTestFinished(() => context.close());
	const page = await context.newPage();
	await page.setViewport({ width: 1280, height: 900 });
	const errors: string[] = [];
	const requests: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warn') errors.push(message.text());
	});
	page.on('pageerror', (error) => errors.push(String(error)));
	page.on('requestfailed', (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
	page.on('request', (request) => requests.push(request.url()));
	await page.goto(address);
	return { page, errors, requests };
}

export interface Visit {
	name: BrowserName;
	/** The address of the page, which ends with a slash. */
	address(): string;
	browser(): Browser;
	/** The page of a first visit, ready to train. */
	open(): Promise<Opened>;
}

/** Tests with the built page, in every browser or in those named. */
export function describePage(
	title: string,
	define: (visit: Visit) => void,
	names: readonly BrowserName[] = browserNames,
): void {
	describe.skipIf(withoutBrowsers)(title, () => {
		let folder: string;
		let server: Awaited<ReturnType<typeof servePages>>;

		beforeAll(async () => {
			folder = await makeFolder();
			await buildPage(join(folder, 'some', 'folder'));
			server = await servePages(folder);
		});

		afterAll(async () => {
			await server?.close();
			if (folder) await rm(folder, { recursive: true });
		});

		describe.each(names)('in %s', (name) => {
			let browser: Browser;

			beforeAll(async () => {
				browser = await launch(name);
			});

			afterAll(() => browser?.close());

			const address = () => `${server.address}some/folder/`;
			define({
				name,
				address,
				browser: () => browser,
				async open() {
					const opened = await openAddress(browser, address());
					await waitForState(opened.page, 'ready');
					return opened;
				},
			});
		});
	});
}

export async function waitForState(page: Page, wanted: string): Promise<void> {
	const isSettled = (state: string) => [state, 'error'].includes(document.body.dataset.state ?? '');
	await page.waitForFunction(isSettled, { timeout: patience }, wanted);
	expect(await readState(page), await readText(page, '#status')).toBe(wanted);
}

export function readState(page: Page): Promise<string | undefined> {
	return page.evaluate(() => document.body.dataset.state);
}

export function readText(page: Page, selector: string): Promise<string> {
	return page.$eval(selector, (element) => element.textContent ?? '');
}

export async function waitForText(page: Page, selector: string, part: string): Promise<void> {
	const hasText = (where: string, text: string) => document.querySelector(where)?.textContent?.includes(text);
	await page.waitForFunction(hasText, { timeout: patience }, selector, part);
}

export async function setField(page: Page, selector: string, value: string | number): Promise<void> {
	await page.$eval(
		selector,
		(input, text) => {
			(input as HTMLInputElement).value = text;
		},
		String(value),
	);
}

/** Files, or a folder, for an input that takes files. */
export async function chooseFiles(page: Page, selector: string, paths: string[]): Promise<void> {
	const input = (await page.$(selector)) as ElementHandle<HTMLInputElement>;
	await input.uploadFile(...paths);
}

/** Clicks from within the page, so that synchronous effects have happened when this resolves. */
export async function click(page: Page, selector: string): Promise<void> {
	await page.$eval(selector, (element) => (element as HTMLElement).click());
}

/** Trains the model further by this many epochs, to their end. */
export async function train(page: Page, epochs: number): Promise<void> {
	await setField(page, '#epochs', epochs);
	await click(page, '#start');
	await waitForState(page, 'done');
}

export async function readTestAccuracy(page: Page): Promise<number> {
	return Number.parseFloat(await readText(page, '#test-accuracy'));
}

export async function expectTrained(page: Page, epochs: number): Promise<void> {
	expect(await readText(page, '#epoch')).toBe(String(epochs));
	expect(await readTestAccuracy(page)).toBeGreaterThan(70);
	expect(await readText(page, '#status')).toMatch(/^Done: /);
}
