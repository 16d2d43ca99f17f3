import { readFile } from 'node:fs/promises';
import type { Page } from 'puppeteer-core';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/tools.mjs';
import { click, describePage, train } from './open.js';

/** The barriers for people with disabilities that axe finds, in words. */
async function findBarriers(page: Page): Promise<string[]> {
	await page.evaluate(await readFile(`${root}node_modules/axe-core/axe.min.js`, 'utf8'));
	return page.evaluate(async () => {
		const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
		const { violations } = await axe.run();
		return violations
			.filter(({ impact }) => impact === 'serious' || impact === 'critical')
			.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
	});
}

describePage('the example page', ({ name, open }) => {
	test('has no barriers that axe finds, light, dark and in Chinese', async () => {
		const { page } = await open();
		await train(page, 2);
		const schemes = name === 'chrome' ? ['light', 'dark'] : [undefined];
		for (const scheme of schemes) {
			if (scheme) await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
			expect(await findBarriers(page), scheme).toEqual([]);
		}
		await click(page, '#languages [value="zh"]');
		expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
		expect(await findBarriers(page)).toEqual([]);
	});

	test('has no barriers that axe finds around images of one’s own and in the dialog', async () => {
		const { page } = await open();
		await train(page, 1);
		await click(page, '#confusion button.hit');
		expect(await findBarriers(page)).toEqual([]);
		await click(page, '#cell-close');
		await click(page, '[name="source"][value="own"]');
		await page.waitForSelector('[data-state="empty"]');
		await click(page, '#own-form button');
		expect(await findBarriers(page)).toEqual([]);
	});

	test('fits the width of a phone in both languages', async () => {
		const { page } = await open();
		await page.setViewport({ width: 360, height: 740 });
		await train(page, 1);
		for (const language of ['en', 'zh']) {
			await click(page, `#languages [value="${language}"]`);
			expect(await page.evaluate(() => document.documentElement.scrollWidth), language).toBeLessThanOrEqual(360);
		}
	});

	test('says all it says in Chinese too, and remembers the language', async () => {
		const { page } = await open();
		await click(page, '#languages [value="zh"]');
		await train(page, 1);
		// Names, numbers and what Python or the standard calls things are the same in both.
		const texts = await page.$$eval('[data-text]:not([hidden])', (nodes) =>
			nodes.map((node) => node.textContent ?? ''),
		);
		const foreign = texts.filter((text) => /[a-z]{4}/i.test(text) && !/[一-鿿]/.test(text));
		expect(foreign).toEqual(['ONNX']);
		await page.reload();
		await page.waitForSelector('[data-state="ready"]');
		expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
	});
});
