/** Real browsers for tests; scripts/tools.mjs finds them. */
import { existsSync } from 'node:fs';
import { type Browser, launch as launchBrowser } from 'puppeteer-core';
import { browsers, chromeFlags } from '../../scripts/tools.mjs';

export type BrowserName = 'chrome' | 'firefox';

export const browserNames: readonly BrowserName[] = ['chrome', 'firefox'];

/** Whether tests in browsers are skipped, which the variable WITHOUT_BROWSERS asks for. */
export const withoutBrowsers = process.env.WITHOUT_BROWSERS === '1';

/** A missing browser is a failure, not a reason to skip. */
export async function launch(name: BrowserName): Promise<Browser> {
	const executablePath = browsers[name];
	if (!existsSync(executablePath)) {
		const variable = name === 'chrome' ? 'CHROME_BIN' : 'FIREFOX_BIN';
		throw new Error(
			`${name} is not at ${executablePath}: run npm run setup -- test, set ${variable}, or leave browsers out with WITHOUT_BROWSERS=1`,
		);
	}
	return launchBrowser({ browser: name, executablePath, headless: true, args: name === 'chrome' ? chromeFlags : [] });
}
