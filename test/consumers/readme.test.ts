/**
 * The README's snippets do what they say for somebody who has nothing but the package: they run as they stand, in a folder that was
 * empty before `npm install`, and print what their comments say. A snippet names the places where it runs: `node`, `page`.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { officialUrl } from '../../ts/loaders/download.node.js';
import { browserNames, launch, withoutBrowsers } from '../browser/launch.js';
import { type Server, serve } from '../browser/serve.js';
import { hasOfficialFiles, officialFile } from '../loaders/official-files.js';
import { entries, inFolder, pack } from './packed.js';
import { end, html, linesOf } from './pages.js';

const readme = readFileSync('README.md', 'utf8');
const compatibility = readFileSync('docs/compatibility.md', 'utf8');

const snippets = Array.from(readme.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm), ([, language, places, code]) => ({
	language,
	places: places.split(' '),
	code,
}));
const [install] = snippets.filter(({ language }) => language === 'sh');
const [own, fashion] = snippets.filter(({ language }) => language === 'js');

/** The snippet with the README's alternative to the download: a folder, or an address. */
function loadFrom(option: string): string {
	const [call] = new RegExp(`loadFashionMnist\\(\\{ ${option}: '[^']+' \\}\\)`).exec(readme) ?? [];
	if (!call) throw new Error(`the README does not show ${option}`);
	return fashion.code.replace(/loadFashionMnist\(\{ download: true \}\)/, call);
}

function printed(code: string): string[] {
	return Array.from(code.matchAll(/\/\/ prints (.*)$/gm), ([, line]) => line);
}

function expectTenEpochs(lines: string[]) {
	expect(lines.slice(0, -1).map((line) => line.split(' ')[0])).toEqual(
		Array.from({ length: 10 }, (_, i) => `${i + 1}`),
	);
	expect(lines.slice(-1)).toEqual(printed(fashion.code));
}

let place: string;

/** Runs a command in `place` to its end; rejects where it fails or writes to stderr. Asynchronous, so that servers of this process answer. */
async function run(command: string, args: string[], variables: Record<string, string> = {}): Promise<string[]> {
	const options = inFolder(place);
	const { stdout, stderr } = await promisify(execFile)(command, args, {
		...options,
		env: { ...options.env, ...variables },
	});
	expect(stderr).toBe('');
	return stdout.trim().split('\n');
}

async function runNode(code: string, flags: string[] = [], variables: Record<string, string> = {}): Promise<string[]> {
	writeFileSync(join(place, 'readme.mjs'), code);
	return run(process.execPath, [...flags, 'readme.mjs'], variables);
}

beforeAll(async () => {
	place = mkdtempSync(join(tmpdir(), 'softmax-simd-readme-'));
	const [command, ...args] = install.code.trim().split(' ');
	// The tarball in place of what the registry would have; asking the registry for anything fails.
	const names = args.map((arg) => (arg === 'softmax-simd' ? pack('readme').tarball : arg));
	const quiet = { npm_config_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };
	await run(command, names, { ...quiet, npm_config_loglevel: 'error' });
});

afterAll(() => rmSync(place, { recursive: true }));

test('the README has one snippet to install, one for data of one’s own, and one for Fashion-MNIST', () => {
	expect(snippets).toEqual([
		{ language: 'sh', places: [''], code: 'npm install softmax-simd\n' },
		{ language: 'js', places: ['page', 'node'], code: own.code },
		{ language: 'js', places: ['node'], code: fashion.code },
	]);
	expect(printed(own.code)).toHaveLength(1);
	expect(printed(fashion.code)).toHaveLength(1);
});

test('in Node, the lines with data of one’s own print what they say', async () => {
	expect(await runNode(own.code)).toEqual(printed(own.code));
});

describe.skipIf(!hasOfficialFiles)('with the files of Fashion-MNIST', () => {
	beforeAll(() => {
		mkdirSync(join(place, 'fashion-mnist'));
		for (const part of ['train', 't10k'] as const) {
			for (const name of [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`] as const) {
				writeFileSync(join(place, 'fashion-mnist', `${name}.gz`), officialFile(name));
			}
		}
	});

	test('in Node, the lines for Fashion-MNIST download it once, and print what they say', async () => {
		const requested: string[] = [];
		const server = await serve(join(place, 'fashion-mnist'), '', {}, (path) => requested.push(path));
		try {
			const preload = join(place, 'answer-locally.mjs');
			const local = `${server.origin}/`;
			writeFileSync(
				preload,
				`const { fetch } = globalThis;
				globalThis.fetch = (url, options) => fetch(url.replace('${officialUrl}', '${local}'), options);`,
			);
			const flags = ['--import', pathToFileURL(preload).href];
			const cache = { XDG_CACHE_HOME: join(place, 'cache') };
			expectTenEpochs(await runNode(fashion.code, flags, cache));
			expectTenEpochs(await runNode(fashion.code, flags, cache));
		} finally {
			server.close();
		}
		expect(requested.sort()).toEqual([
			'/t10k-images-idx3-ubyte.gz',
			'/t10k-labels-idx1-ubyte.gz',
			'/train-images-idx3-ubyte.gz',
			'/train-labels-idx1-ubyte.gz',
		]);
	});

	test('in Node, the lines for Fashion-MNIST read a folder as well, and print what they say', async () => {
		expectTenEpochs(await runNode(loadFrom('folder')));
	});
});

describe.skipIf(withoutBrowsers).each(browserNames)('in %s', (name) => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launch(name);
	});
	afterAll(() => browser?.close());

	async function lines(page: string): Promise<string[]> {
		const server: Server = await serve(place, page);
		try {
			return await linesOf(browser, server.origin);
		} finally {
			server.close();
		}
	}

	/** A page with a snippet in it, which finds the package by an import map. */
	function pageOf(code: string): string {
		const map = `<script type="importmap">${JSON.stringify({ imports: entries(place) })}</script>`;
		return html(`${map}<script type="module">${code}${end}</script>`);
	}

	test('the lines with data of one’s own print what they say', async () => {
		expect(await lines(pageOf(own.code))).toEqual(printed(own.code));
	});

	test.skipIf(!hasOfficialFiles)(
		'the lines for Fashion-MNIST, read from the page’s own server, print what they say',
		async () => {
			expectTenEpochs(await lines(pageOf(loadFrom('baseUrl'))));
		},
	);

	test('the page without a bundler in docs/compatibility.md prints what it says', async () => {
		const [, page] = /^```html\n([\s\S]*?)^```$/m.exec(compatibility) ?? [];
		expect(await lines(page.replace(/<\/script>\s*$/, `${end}</script>`))).toEqual(printed(page));
	});
});
