import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { embeddedSample } from './build/embedded-sample.mjs';
import { fullSet } from './build/full-set.mjs';
import { serviceWorker } from './build/service-worker.mjs';

const sample = resolve(import.meta.dirname, '../sample');

export default defineConfig(({ mode }) => {
	const isSingle = mode === 'single-file';
	return {
		root: import.meta.dirname,
		appType: 'mpa',
		// The built page works in whatever folder it is put.
		base: './',
		publicDir: isSingle ? false : sample,
		plugins: [
			embeddedSample(isSingle ? sample : undefined),
			...(isSingle
				? [viteSingleFile({ outputFileName: 'softmax-simd.html' })]
				: [fullSet(process.env.FASHION_MNIST ?? '/usr/share/datasets/fashion-mnist'), serviceWorker()]),
		],
		// Found late, it would make Vite reload the page.
		optimizeDeps: { include: ['uplot'] },
		build: isSingle
			? { outDir: '../../out', emptyOutDir: false }
			: { outDir: '../../out/web', emptyOutDir: true, chunkSizeWarningLimit: 1000 },
	};
});
