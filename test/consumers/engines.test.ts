import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNames, launch, withoutBrowsers } from '../browser/launch.js';
import { type Server, serve } from '../browser/serve.js';
import { entries, pack, runNode } from './packed.js';
import { html } from './pages.js';

const place = pack('engines').consumer('engines');

const engines = [
	['without WebAssembly', 'delete globalThis.WebAssembly;'],
	['whose WebAssembly has no SIMD', 'WebAssembly.validate = () => false;'],
	['without DecompressionStream', 'delete globalThis.DecompressionStream;'],
] as const;

/** Tries to train with both façades; returns the errors that they refuse with. */
const refusals = (entry: string) => `(async () => {
	const { createTrainer, Engine, TrainerError } = await import('${entry}');
	const of = (error) => ({ isTyped: error instanceof TrainerError, code: error.code, message: error.message });
	return Promise.all([() => createTrainer(), () => Engine.create()].map((create) => create().then(() => 'trains', of)));
})()`;

const refusal = { isTyped: true, code: 'UNSUPPORTED', message: expect.stringContaining('WebAssembly SIMD') };

test.each(engines)('a Node %s refuses to train and says why', (_, stub) => {
	const source = `${stub} console.log(JSON.stringify(await ${refusals('softmax-simd')}));`;
	const { status, stdout } = runNode(place, ['--input-type=module', '-e', source]);
	expect(status).toBe(0);
	expect(JSON.parse(stdout)).toEqual([refusal, refusal]);
});

describe.skipIf(withoutBrowsers).each(browserNames)('in %s', (name) => {
	let browser: Browser;
	let server: Server;
	beforeAll(async () => {
		server = await serve(place, html(''));
		browser = await launch(name);
	});
	afterAll(async () => {
		await browser?.close();
		server.close();
	});

	test.each(engines)('a page %s refuses to train and says why', async (_, stub) => {
		const page = await browser.newPage();
		await page.goto(server.origin);
		await page.evaluate(stub);
		expect(await page.evaluate(refusals(entries(place)['softmax-simd']))).toEqual([refusal, refusal]);
	});
});
