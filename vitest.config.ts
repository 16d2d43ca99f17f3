import { defineConfig } from 'vitest/config';

export default defineConfig({
	// The tests use the package as it was built, through the name its users know.
	resolve: { alias: { 'softmax-simd': new URL('./dist/node/index.js', import.meta.url).pathname } },
	test: {
		include: ['test/**/*.test.ts'],
		testTimeout: 120_000,
		hookTimeout: 120_000,
	},
});
