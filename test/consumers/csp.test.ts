import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedHashes } from '../bits/same-bits.js';
import { browserNames, launch, withoutBrowsers } from '../browser/launch.js';
import { serve } from '../browser/serve.js';
import { bundle, command, entries, pack } from './packed.js';
import { html, resultOf } from './pages.js';

const packed = pack('csp');
const page = (script: string) => html(`<script type="module" src="./${script}"></script>`);

/** A folder to serve, and the page that starts its app. */
interface App {
	folder: string;
	page: string;
}

const external: Record<string, () => App> = {
	'no bundler': () => {
		const place = packed.consumer('page', 'app');
		const file = join(place, 'external.js');
		const source = readFileSync(file, 'utf8');
		writeFileSync(file, source.replace('softmax-simd/external', entries(place)['softmax-simd/external']));
		cpSync(join(place, 'public/sample'), join(place, 'sample'), { recursive: true });
		return { folder: place, page: page('external.js') };
	},
	Vite: () => {
		const place = packed.consumer('vite', 'app');
		writeFileSync(join(place, 'index.html'), page('external.js'));
		bundle(place, [command('vite'), 'build']);
		return { folder: join(place, 'dist'), page: readFileSync(join(place, 'dist/index.html'), 'utf8') };
	},
	webpack: () => {
		const place = packed.consumer('webpack', 'app');
		bundle(place, [command('webpack-cli'), '--entry', './external.js', '--mode', 'production']);
		cpSync(join(place, 'public/sample'), join(place, 'dist/sample'), { recursive: true });
		return { folder: join(place, 'dist'), page: page('main.js') };
	},
};

async function embedded(): Promise<App> {
	const place = packed.consumer('embedded', 'app');
	const outfile = join(place, 'public/bundle.js');
	await build({ entryPoints: [join(place, 'main.js')], bundle: true, format: 'esm', outfile });
	return { folder: join(place, 'public'), page: page('bundle.js') };
}

const sameOrigin = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
const blobs = `${sameOrigin} blob:`;

describe.skipIf(withoutBrowsers).each(browserNames)('in %s', (name) => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launch(name);
	});
	afterAll(() => browser?.close());

	async function train(app: App, policy: string) {
		const server = await serve(app.folder, app.page, { 'Content-Security-Policy': policy });
		try {
			return await resultOf(browser, server.origin);
		} finally {
			server.close();
		}
	}

	test.each(Object.entries(external))(
		'the entry with files of its own, built with %s, trains where workers come from the same origin alone',
		async (_, make) => {
			expect(await train(make(), sameOrigin)).toEqual(expectedHashes);
		},
	);

	test('the default entry trains where workers may come from blobs', async () => {
		expect(await train(await embedded(), blobs)).toEqual(expectedHashes);
	});

	test('the default entry says that its worker was refused where workers come from the same origin alone', async () => {
		expect(await train(await embedded(), sameOrigin)).toMatch(/^WorkerCrashedError/);
	});
});
