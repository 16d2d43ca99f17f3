import { existsSync, readFileSync, rmSync } from 'node:fs';
import zopfli from '@gfx/zopfli';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import rust from '@wasm-tool/rollup-plugin-rust';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';
import { beside, minifyAlike, text } from './scripts/rollup-plugins.mjs';
import { wasmBindgen, wasmOpt } from './scripts/tools.mjs';

process.env.WASM_OPT_BIN ??= wasmOpt;
// Where set-up had to compile it. Elsewhere the plugin downloads one.
if (existsSync(wasmBindgen)) process.env.WASM_BINDGEN_BIN ??= wasmBindgen;

/** What comes of the crate: the module, the classes that wasm-bindgen makes of its exports, and their types. */
const kernelFolder = 'crate/pkg';
const kernelFile = `${kernelFolder}/softmax_simd.wasm`;

/** The crate, compiled once for all that follows. Its flags stand in crate/.cargo/config.toml, its profile in crate/Cargo.toml. */
const crate = {
	input: { softmax_simd_custom: 'crate/Cargo.toml?custom' },
	output: { dir: kernelFolder, format: 'es', assetFileNames: '[name][extname]' },
	plugins: [
		{
			name: 'pure-url',
			// What does not use the address of the file is to be rid of it.
			resolveFileUrl: ({ relativePath }) => `/* @__PURE__ */ new URL('${relativePath}', import.meta.url)`,
		},
		rust({
			optimize: { rustc: false },
			extraArgs: {
				cargo: ['--quiet', '--locked'],
				wasmOpt: [
					'-O3',
					'--low-memory-unused',
					'--enable-simd',
					'--enable-bulk-memory',
					'--enable-bulk-memory-opt',
					'--enable-nontrapping-float-to-int',
					'--enable-reference-types',
					'--strip-debug',
					'--strip-producers',
				],
			},
			experimental: { typescriptDeclarationDir: kernelFolder },
		}),
	],
	onwarn,
};

/** Short names of what bundles have in common. */
const names = {};

/** In Node the code stays readable: an uncaught error prints the line that threw. Elsewhere what is loaded counts. */
function plugins(platform) {
	// Fields are assigned: those that the constructor sets need no declaration.
	const tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } };
	return [
		nodeResolve({ exportConditions: [platform], browser: platform !== 'node' }),
		esbuild({ target: 'es2022', tsconfig: false, tsconfigRaw }),
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

/** Ships the kernel as a file. */
const kernelAsset = {
	name: 'kernel-asset',
	generateBundle() {
		this.emitFile({ type: 'asset', fileName: 'softmax-simd.wasm', source: readFileSync(kernelFile) });
	},
};

/** What users import. */
const extras = { formats: 'ts/formats/index.ts', images: 'ts/images/index.ts', metrics: 'ts/metrics/index.ts' };
const entries = { index: 'ts/index.ts', ...extras };

/** ES modules in a folder of dist/, beside the kernel. */
function modules(folder) {
	const names = { entryFileNames: `${folder}/[name].js`, chunkFileNames: `${folder}/[name].js` };
	return { dir: 'dist', format: 'es', ...names };
}

/** One after the other, in this order. */
const builds = [
	crate,
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
		plugins: [kernelAsset, ...plugins('external')],
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

/** `rollup --config --configCrate` builds the crate alone, for the types that tsc needs of it. */
export default ({ configCrate }) => {
	if (configCrate) return crate;
	// Files of earlier builds would ship too.
	rmSync('dist', { recursive: true, force: true });
	return builds;
};
