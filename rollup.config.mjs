import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import zopfli from '@gfx/zopfli';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';
import { buildKernel } from './scripts/build-kernel.mjs';
import { beside, minifyAlike, text } from './scripts/rollup-plugins.mjs';

const kernelFile = 'dist/softmax-simd.wasm';

// Files of earlier builds would ship too.
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
buildKernel(resolve(kernelFile));

/** Short names of what bundles have in common. */
const names = {};

/** In Node names stay as they are, for stack traces that say something; elsewhere what is loaded counts. */
function plugins(platform) {
	const small = { minifyWhitespace: true, minifySyntax: true };
	// Fields are assigned: those that the constructor sets need no declaration.
	const tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } };
	return [
		nodeResolve({ exportConditions: [platform], browser: platform !== 'node' }),
		esbuild({ target: 'es2022', tsconfig: false, tsconfigRaw, ...(platform === 'node' && small) }),
		platform !== 'node' && minifyAlike(names),
	];
}

/** The browsers' worker, bundled into one script: a module that imports nothing, which is a classic script as well. */
async function bundleWorker() {
	const bundle = await rollup({ input: 'worker/browser.ts', plugins: plugins('worker'), onwarn });
	const { output } = await bundle.generate({ format: 'es' });
	return `"use strict";${output[0].code}`;
}

/**
 * The kernel. In base64, deflated bytes take three quarters of what plain ones do after gzip, and
 * Zopfli's are 5 % fewer than zlib's.
 */
async function deflateKernel() {
	const deflated = await zopfli.zlibAsync(readFileSync(kernelFile), {});
	return Buffer.from(deflated).toString('base64');
}

/** A warning would be lost in the output of a build that nobody reads: wasm-opt's failure is one. */
function onwarn(warning) {
	throw new Error(warning.message);
}

/** What users import. */
const extras = { formats: 'ts/formats/index.ts', images: 'ts/images/index.ts', metrics: 'ts/metrics/index.ts' };
const entries = { index: 'ts/index.ts', ...extras };

/** ES modules in a folder of dist/, beside the kernel. */
function modules(folder) {
	const names = { entryFileNames: `${folder}/[name].js`, chunkFileNames: `${folder}/[name].js` };
	return { dir: 'dist', format: 'es', ...names };
}

/** One after the other, in this order. */
export default [
	{
		input: { ...entries, worker: 'worker/node.ts' },
		output: modules('node'),
		plugins: plugins('node'),
		external: /^node:/,
		onwarn,
	},
	{
		input: { index: 'ts/index.ts', worker: 'worker/browser.ts' },
		output: modules('external'),
		plugins: plugins('external'),
		onwarn,
	},
	{
		input: { index: 'ts/index.browser.ts', errors: 'ts/errors.ts' },
		output: modules('browser'),
		plugins: [
			text('#kernel-source', deflateKernel),
			text('#worker-source', bundleWorker),
			beside('readers.js'),
			...plugins('browser'),
		],
		onwarn,
	},
	// Apart from index.js, to share no more than the classes of errors with it: in one file, gzip finds more that is alike.
	{
		input: { ...extras, readers: 'ts/data/readers.ts' },
		output: modules('browser'),
		plugins: [beside('errors.js'), ...plugins('browser')],
		onwarn,
	},
	{
		input: entries,
		output: { dir: 'dist', format: 'es', chunkFileNames: '[name].d.ts' },
		plugins: [dts({ compilerOptions: { stripInternal: true } })],
		external: /^(node:|#)/,
		onwarn,
	},
];
