import { expect, test } from 'vitest';
import {
	click,
	describePage,
	expectTrained,
	findForeign,
	patience,
	readState,
	readText,
	setField,
	train,
	waitForState,
	waitForText,
} from './open.js';

describePage('training on the example page', ({ open, address }) => {
	test('goes by the keyboard, without errors and without leaving the page’s folder', async () => {
		const { page, errors, requests } = await open();
		await setField(page, '#epochs', 2);
		await page.focus('#epochs');
		await page.keyboard.press('Enter');
		await waitForState(page, 'done');
		await expectTrained(page, 2);
		expect(errors).toEqual([]);
		expect(requests.filter((url) => url.endsWith('.gz'))).toHaveLength(4);
		expect(findForeign(requests, address())).toEqual([]);
	});

	test('survives pauses, a stop and a reload, goes further and begins anew', async () => {
		const { page, errors } = await open();
		await setField(page, '#epochs', 10_000);
		await click(page, '#start');
		await page.waitForFunction(() => document.querySelectorAll('#epochs-table tr').length >= 3, { timeout: patience });
		await click(page, '#pause');
		await waitForState(page, 'paused');
		await click(page, '#pause');
		await waitForState(page, 'training');
		await click(page, '#stop');
		await waitForState(page, 'done');
		expect(await readText(page, '#status')).toMatch(/^Stopped: /);

		await page.focus('#predictions button[data-index="3"]');
		await page.keyboard.press('Enter');
		expect(await page.evaluate(() => document.activeElement?.id)).toBe('classify-title');
		const truth = await readText(page, '#predictions button[data-index="3"] .truth');
		expect(await readText(page, '#classify-name')).toBe(`Image: ${truth}`);
		expect(await page.$$eval('#classify-bars [aria-pressed="true"]', (bars) => bars.length)).toBe(1);

		const numbers = ['#epoch', '#loss', '#train-accuracy', '#test-accuracy'];
		const readNumbers = () => Promise.all(numbers.map((selector) => readText(page, selector)));
		const before = await readNumbers();
		const isKept = (epochs: string) => document.body.dataset.kept === epochs;
		await page.waitForFunction(isKept, { timeout: patience }, before[0]);
		await page.reload();
		await waitForState(page, 'ready');
		expect(await readText(page, '#status')).toBe(`Back where you were: ${before[0]} epochs trained.`);
		expect(await readNumbers()).toEqual(before);
		expect(await page.$$eval('#predictions .right, #predictions .wrong', (images) => images.length)).toBe(30);

		await train(page, 1);
		// The epoch that `stop` interrupted counts as well.
		expect(Number(await readText(page, '#epoch'))).toBeGreaterThan(Number(before[0]));
		await click(page, '#anew');
		await waitForState(page, 'ready');
		expect(await readText(page, '#epoch')).toBe('–');
		expect(await readText(page, '#start')).toBe('Start');
		expect(errors).toEqual([]);
	});

	test('answers while it runs', async () => {
		const { page } = await open();
		await setField(page, '#epochs', 10_000);
		await page.focus('#start');
		await page.keyboard.press('Enter');
		await waitForState(page, 'training');
		const frames = await page.evaluate(
			() =>
				new Promise<number>((resolve) => {
					let count = 0;
					const frame = () => {
						if (document.body.dataset.state !== 'training' || ++count === 30) resolve(count);
						else requestAnimationFrame(frame);
					};
					frame();
				}),
		);
		expect(frames).toBe(30);
		// The focus has moved to a button that is enabled.
		await page.keyboard.press('Enter');
		await waitForState(page, 'done');
		expect(await readText(page, '#status')).toMatch(/^Stopped: /);
	});

	test('gives the same numbers for the same seed', async () => {
		const { page } = await open();
		const results: string[][] = [];
		for (let run = 0; run < 2; run++) {
			await train(page, 2);
			const selectors = ['#loss', '#status', '#predictions'];
			results.push(await Promise.all(selectors.map((selector) => readText(page, selector))));
			await click(page, '#anew');
			await waitForState(page, 'ready');
		}
		expect(results[1]).toEqual(results[0]);
		await setField(page, '#seed', 1);
		await train(page, 2);
		expect(await readText(page, '#loss')).not.toBe(results[0][0]);
	});

	test('says in words what is wrong with a setting, and goes on', async () => {
		const { page, errors } = await open();
		await setField(page, '#epochs', -1);
		await click(page, '#start');
		expect(await page.$eval('#epochs', (input) => (input as HTMLInputElement).validationMessage)).not.toBe('');
		expect(await readState(page)).toBe('ready');
		await page.$eval('#settings', (form) => {
			(form as HTMLFormElement).noValidate = true;
		});
		await setField(page, '#epochs', 1);
		await setField(page, '#batch-size', 0);
		await click(page, '#start');
		await page.waitForSelector('[data-state="error"]', { timeout: patience });
		await waitForText(page, '#status', 'That did not work. ');
		expect(await readText(page, '#status')).toMatch(/batchSize: expected .*got 0/);
		await setField(page, '#batch-size', 32);
		await setField(page, '#epochs', 1);
		await click(page, '#start');
		await page.waitForSelector('[data-state="done"]', { timeout: patience });
		await expectTrained(page, 1);
		expect(errors).toEqual([]);
	});
});

describePage(
	'training on the example page, many times',
	({ open }) => {
		test('leaves nothing behind in memory', async () => {
			const { page } = await open();
			const session = await page.createCDPSession();
			const measure = async () => {
				await session.send('HeapProfiler.collectGarbage');
				return (await session.send('Runtime.getHeapUsage')).usedSize;
			};
			let afterTen = 0;
			for (let run = 1; run <= 50; run++) {
				await train(page, 1);
				await click(page, '#anew');
				await waitForState(page, 'ready');
				if (run === 10) afterTen = await measure();
			}
			expect((await measure()) - afterTen).toBeLessThan(2_000_000);
		});
	},
	['chrome'],
);
