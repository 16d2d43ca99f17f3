/** This package in a browser as a system of the rotation. Both precisions of a browser live in one page, which stays in front. */

export const browserNames = ['chrome', 'firefox'];
export const browserTitles = { chrome: 'Chromium', firefox: 'Firefox' };

const opened = new Map();

async function open(name, folder) {
	const { openBrowser } = await import('./open.mjs');
	return openBrowser(name, folder);
}

/** @param name of `browserNames`. */
export function browserSystem(name, precision, folder) {
	const title = browserTitles[name];
	return {
		name: `softmax-simd ${precision}, Trainer, ${title}`,
		ours: true,
		arithmetic: precision,
		async start() {
			if (!opened.has(name)) opened.set(name, open(name, folder));
			const { page, version } = await opened.get(name);
			await page.evaluate((precision) => globalThis.bench.prepare(precision), precision);
			return { versions: { [title]: version } };
		},
		async measure(epochs) {
			const { page } = await opened.get(name);
			return page.evaluate((...args) => globalThis.bench.train(...args), precision, epochs);
		},
		async stop() {
			const browser = opened.get(name);
			opened.delete(name);
			await (await browser)?.close();
		},
	};
}
