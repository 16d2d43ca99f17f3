import { defineConfig } from 'vite';

export default defineConfig({
	root: import.meta.dirname,
	// The built page works in whatever folder it is put.
	base: './',
	publicDir: '../sample',
	worker: { format: 'es' },
	// Found late, it would make Vite reload the page.
	optimizeDeps: { include: ['uplot'] },
	build: { outDir: '../../out/web', emptyOutDir: true },
});
