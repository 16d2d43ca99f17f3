/** Whether a page goes on drawing while a trainer takes the data and trains. */
import { openBrowser } from '../browsers/open.mjs';

/** @returns `{ idle, training }` as page.mjs has them. */
export async function measure({ browser, folder, precision, milliseconds }) {
	const { page, close } = await openBrowser(browser, folder);
	try {
		return await page.evaluate((...args) => globalThis.bench.compareFrames(...args), precision, milliseconds);
	} finally {
		await close();
	}
}
