/**
 * Takes the picture of the README: the example page while it trains on the full data set. Needs the build, and Chromium.
 *
 *   node scripts/make-picture.mjs [file]
 */
import { launch } from 'puppeteer-core';
import { createServer } from 'vite';
import { browsers, chromeFlags, root } from './tools.mjs';

const [file = `${root}docs/training.png`] = process.argv.slice(2);

const server = await createServer({
	configFile: `${root}examples/web/vite.config.mjs`,
	server: { host: '127.0.0.1', port: 0 },
});
await server.listen();
const browser = await launch({ executablePath: browsers.chrome, args: chromeFlags });
try {
	const page = await browser.newPage();
	await page.setViewport({ width: 1200, height: 900 });
	const [address] = server.resolvedUrls?.local ?? [];
	await page.goto(address);
	const state = (/** @type {string} */ wanted) => page.waitForSelector(`body[data-state="${wanted}"]`);
	await state('ready');
	await page.click('input[value="full"]');
	await page.waitForFunction(() => document.querySelector('#data-status')?.textContent?.includes('60,000'));
	await state('ready');
	await page.$eval('input#epochs', (input) => {
		input.value = '20';
	});
	await page.click('#start');
	await page.waitForSelector('#epochs-table tr:nth-child(12)');
	await (await page.waitForSelector('#training'))?.screenshot({ path: file });
} finally {
	await browser.close();
	await server.close();
}
