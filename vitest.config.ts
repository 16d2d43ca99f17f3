import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const built = fileURLToPath(new URL('./dist/node', import.meta.url));

export default defineConfig({
	// The tests use the package as it was built, through the names its users know.
	resolve: {
		alias: [
			{ find: /^softmax-simd$/, replacement: `${built}/index.js` },
			{ find: /^softmax-simd\/(.+)$/, replacement: `${built}/$1.js` },
		],
	},
	test: {
		include: ['test/**/*.test.ts'],
		testTimeout: 120_000,
		hookTimeout: 120_000,
	},
});
