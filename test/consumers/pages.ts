/** What a page of `consumers/app` says after training. */
import type { Browser } from 'puppeteer-core';

export const html = (head: string) =>
	`<!doctype html><html lang="en"><title>app</title><link rel="icon" href="data:,">${head}<body></body></html>`;

/** Opens a page and waits until it has trained; resolves to its hashes, or to the error it has met. */
export async function resultOf(browser: Browser, url: string): Promise<unknown> {
	const page = await browser.newPage();
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(String(error)));
	page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
	try {
		await page.goto(url);
		// A page that forbids evaluation has to be asked without.
		await page.waitForSelector('body[data-result]', { timeout: 30_000 });
		return JSON.parse(await page.evaluate(() => document.body.dataset.result!));
	} catch (error) {
		throw new Error([String(error), ...errors].join('\n'));
	} finally {
		await page.close();
	}
}
