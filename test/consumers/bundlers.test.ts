import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedHashes } from '../bits/same-bits.js';
import { browserNames, launch, withoutBrowsers } from '../browser/launch.js';
import { type Server, serve } from '../browser/serve.js';
import { bundle, command, entries, pack } from './packed.js';
import { html, resultOf } from './pages.js';
import { startServer } from './servers.js';

const packed = pack('bundlers');

/** A folder with the app and the page that starts it, where a bundler takes a page as its entry. */
function consumer(name: string, ...sources: string[]) {
	const place = packed.consumer(name, ...sources);
	writeFileSync(join(place, 'index.html'), html('<script type="module" src="./main.js"></script>'));
	return place;
}

/** Serves `dist/main.js` of a bundler that takes no page. */
function serveScript(place: string) {
	cpSync(join(place, 'public/sample'), join(place, 'dist/sample'), { recursive: true });
	return serve(join(place, 'dist'), html('<script type="module" src="./main.js"></script>'));
}

const bundlers: Record<string, () => Promise<Server>> = {
	'no bundler, but an import map': async () => {
		const place = consumer('page', 'app');
		cpSync(join(place, 'public/sample'), join(place, 'sample'), { recursive: true });
		const map = `<script type="importmap">${JSON.stringify({ imports: entries(place) })}</script>`;
		return serve(place, html(`${map}<script type="module" src="./main.js"></script>`));
	},
	'Vite, while developing': () => startServer(consumer('vite-dev', 'app'), [command('vite'), '--port', '0']),
	Vite: async () => {
		const place = consumer('vite', 'app');
		bundle(place, [command('vite'), 'build']);
		return startServer(place, [command('vite'), 'preview', '--port', '0']);
	},
	webpack: async () => {
		const place = consumer('webpack', 'app');
		bundle(place, [command('webpack-cli'), '--entry', './main.js', '--mode', 'production']);
		return serveScript(place);
	},
	Rollup: async () => {
		const place = consumer('rollup', 'app');
		bundle(place, [command('rollup'), 'main.js', '--dir', 'dist', '--plugin', 'node-resolve']);
		return serveScript(place);
	},
	esbuild: async () => {
		const place = consumer('esbuild', 'app');
		await build({
			absWorkingDir: place,
			entryPoints: ['main.js'],
			bundle: true,
			minify: true,
			format: 'esm',
			outdir: 'dist',
		});
		return serveScript(place);
	},
	Parcel: async () => {
		const place = consumer('parcel', 'app');
		bundle(place, [command('parcel'), 'build', 'index.html', '--cache-dir', '.cache', '--dist-dir', 'dist']);
		cpSync(join(place, 'public/sample'), join(place, 'dist/sample'), { recursive: true });
		return serve(join(place, 'dist'), '<meta http-equiv="refresh" content="0; url=./index.html">');
	},
	'Next.js': async () => {
		const place = packed.consumer('next', 'next', 'app/train.js');
		bundle(place, [command('next'), 'build']);
		return startServer(place, [command('next'), 'start', '--port', '0']);
	},
};

describe.skipIf(withoutBrowsers)('in Chromium and Firefox', () => {
	const browsers: Partial<Record<(typeof browserNames)[number], Browser>> = {};
	const servers: Server[] = [];
	beforeAll(async () => {
		for (const name of browserNames) browsers[name] = await launch(name);
	});
	afterAll(async () => {
		for (const server of servers) server.close();
		for (const browser of Object.values(browsers)) await browser.close();
	});

	test.each(Object.entries(bundlers))('a page built with %s trains to the committed bits', async (_, start) => {
		const server = await start();
		servers.push(server);
		for (const browser of Object.values(browsers)) {
			expect(await resultOf(browser, server.origin)).toEqual(expectedHashes);
		}
	});
});
