/** Opens pages that train with the package, and reads their results. */
import type { Browser } from 'puppeteer-core';

export const html = (head: string) =>
	`<!doctype html><html lang="en"><title>app</title><link rel="icon" href="data:,">${head}<body></body></html>`;

/** Opens a page of `consumers/app` and waits until it has trained; resolves to its hashes, or to its error. */
export async function resultOf(browser: Browser, url: string): Promise<unknown> {
	return (await open(browser, url)).result;
}

/** Opens a page and waits until a module in it has ended with `end`; resolves to the lines that it has logged. */
export async function linesOf(browser: Browser, url: string): Promise<string[]> {
	return (await open(browser, url)).lines;
}

/** The last statement of a module, for which `linesOf` waits. */
export const end = 'document.body.dataset.result = true;';

async function open(browser: Browser, url: string): Promise<{ result: unknown; lines: string[] }> {
	const page = await browser.newPage();
	const lines: string[] = [];
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(String(error)));
	page.on('console', (message) => (message.type() === 'error' ? errors : lines).push(message.text()));
	try {
		await page.goto(url);
		// A page that forbids evaluation has to be asked without.
		await page.waitForSelector('body[data-result]', { timeout: 30_000 });
		return { result: JSON.parse(await page.evaluate(() => document.body.dataset.result!)), lines };
	} catch (error) {
		throw new Error([String(error), ...errors].join('\n'));
	} finally {
		await page.close();
	}
}
