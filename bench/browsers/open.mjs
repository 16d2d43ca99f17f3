/** A real browser with the bench's page in it. */
import { existsSync } from 'node:fs';
import { launch } from 'puppeteer-core';
import { browsers, chromeFlags } from '../../scripts/tools.mjs';
import { serveFiles } from './serve.mjs';

/** Clocks of full resolution. */
const firefoxPreferences = { 'privacy.reduceTimerPrecision': false };

/**
 * @param name `chrome` or `firefox`.
 * @param dataFolder of Fashion-MNIST.
 * @returns `{ page, version, close }`.
 */
export async function openBrowser(name, dataFolder) {
	const executablePath = browsers[name];
	if (!existsSync(executablePath)) throw new Error('not installed');
	const server = await serveFiles(dataFolder);
	const browser = await launch({
		browser: name,
		executablePath,
		headless: true,
		args: name === 'chrome' ? chromeFlags : [],
		extraPrefsFirefox: firefoxPreferences,
	});
	const close = async () => {
		await browser.close();
		server.close();
	};
	try {
		const page = await browser.newPage();
		await page.goto(server.origin);
		await page.waitForFunction('globalThis.bench');
		return { page, version: (await browser.version()).replace(/^.*\//, ''), close };
	} catch (error) {
		await close();
		throw error;
	}
}
