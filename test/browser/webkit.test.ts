import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { webkit } from '../../scripts/tools.mjs';
import { expectedHashes, fitOptions, trainerOptions } from '../bits/same-bits.js';
import bits from '../golden/bits.json';
import { withoutBrowsers } from './launch.js';
import { type Server, serve } from './serve.js';

/** A plain page that trains with both façades and keeps hashes of the weights. */
const html = `<!doctype html><title>test</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "softmax-simd": "./dist/browser/index.js" } }</script>
<script type="module">
import * as softmaxSimd from 'softmax-simd';
import { allHashes } from '/test/bits/cases.js';
const { createTrainer, Engine, loadFashionMnist } = softmaxSimd;
const { train } = await loadFashionMnist({ baseUrl: '/examples/sample/' });
globalThis.hashesOf = async (precision) => {
	const hashes = [];
	for (const create of [createTrainer, Engine.create]) {
		const facade = await create({ ...${JSON.stringify(trainerOptions)}, precision });
		await facade.fit({ inputs: train.inputs, labels: train.labels }, ${JSON.stringify(fitOptions)});
		const { weight, bias } = await facade.getWeights();
		const digest = await crypto.subtle.digest('SHA-256', Float32Array.of(...weight, ...bias));
		hashes.push(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''));
		await facade.dispose();
	}
	return hashes;
};
globalThis.hashesOfAllCases = () => allHashes(softmaxSimd, train);
document.title = 'ready';
</script>`;

/** A free port: the driver cannot choose one itself. */
async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** The part of W3C WebDriver that one page needs. */
async function startWebKit() {
	const port = await freePort();
	// As root in a container WebKit has no sandbox; a display of its own, and no graphics card.
	const environment = { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1' };
	const child = spawn('xvfb-run', ['--auto-servernum', webkit.driver, `--port=${port}`], {
		env: { ...process.env, ...environment },
		stdio: 'ignore',
		detached: true,
	});
	const call = async (method: string, path: string, body?: object) => {
		const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
		const { value } = await response.json();
		if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
		return value;
	};
	await vi.waitFor(() => call('GET', '/status'), { timeout: 30_000 });
	const browserOptions = { binary: webkit.browser, args: ['--automation'] };
	const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } };
	const session = `/session/${(await call('POST', '/session', { capabilities })).sessionId}`;
	return {
		open: (url: string) => call('POST', `${session}/url`, { url }),
		/** Runs a script that returns a promise; resolves to its value. */
		evaluate: (script: string) => call('POST', `${session}/execute/sync`, { script, args: [] }),
		async close() {
			await call('DELETE', session);
			process.kill(-child.pid!);
		},
	};
}

const isInstalled = existsSync(webkit.driver) && existsSync(webkit.browser);

describe.skipIf(withoutBrowsers || !isInstalled)("in WebKit, the engine of Safari, where Debian's driver is", () => {
	let server: Server;
	let browser: Awaited<ReturnType<typeof startWebKit>>;
	beforeAll(async () => {
		server = await serve('.', html);
		browser = await startWebKit();
		await browser.open(server.origin);
		await vi.waitFor(async () => expect(await browser.evaluate('return document.title')).toBe('ready'), 30_000);
	});
	afterAll(async () => {
		await browser?.close();
		server.close();
	});

	test.each(Object.entries(expectedHashes))(
		'Trainer and Engine end two epochs on the sample with the committed bits in %s',
		async (precision, hash) => {
			expect(await browser.evaluate(`return hashesOf('${precision}')`)).toEqual([hash, hash]);
		},
	);

	test('all recorded trainings end in their bits', async () => {
		expect(await browser.evaluate('return hashesOfAllCases()')).toEqual(bits);
	});
});
