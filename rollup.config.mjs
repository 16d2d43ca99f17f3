import { existsSync, readFileSync, rmSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
// @ts-expect-error: it brings no types.
import rust from '@wasm-tool/rollup-plugin-rust';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import esbuild, { minify } from 'rollup-plugin-esbuild';
import { wasmBindgen, wasmOpt } from './scripts/tools.mjs';

process.env.WASM_OPT_BIN ??= wasmOpt;
// Where set-up had to compile it. Elsewhere the plugin downloads one.
if (existsSync(wasmBindgen.file)) process.env.WASM_BINDGEN_BIN ??= wasmBindgen.file;

/**
 * A warning would be lost in the output of a build that nobody reads: wasm-opt's failure is one.
 *
 * @param {import('rollup').RollupLog} warning
 * @returns {never}
 */
function onwarn(warning) {
	throw new Error(warning.message);
}

/** What comes of the crate: the module, the classes that wasm-bindgen makes of its exports, and their types. */
const kernelFolder = 'crate/pkg';
const kernelFile = `${kernelFolder}/softmax_simd.wasm`;

/**
 * The crate, compiled once for all that follows. Its flags stand in crate/.cargo/config.toml, its profile in crate/Cargo.toml.
 *
 * @type {import('rollup').RollupOptions}
 */
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

/** @typedef {'node' | 'browser' | 'external'} Platform */

/**
 * JavaScript of TypeScript. Node's stays as it is written: an uncaught error prints the line that threw it.
 *
 * @param {Platform} platform
 * @param {string[]} conditions
 */
function plugins(platform, conditions = [platform]) {
	return [
		nodeResolve({ exportConditions: conditions, browser: platform !== 'node' }),
		esbuild({ target: 'es2022', tsconfig: false }),
		platform !== 'node' && minify({ target: 'es2022' }),
	];
}

/** Built into Node; browsers' code imports none of it. */
const external = /^node:/;

/**
 * ES modules in a folder of dist/.
 *
 * @param {string} folder
 * @returns {import('rollup').OutputOptions}
 */
function modules(folder) {
	const names = { entryFileNames: `${folder}/[name].js`, chunkFileNames: `${folder}/[name].js` };
	return { dir: 'dist', format: 'es', ...names };
}

/**
 * Makes a module whose default export is the string that `read` gives.
 *
 * @param {string} name
 * @param {() => string | Promise<string>} read
 * @returns {import('rollup').Plugin}
 */
function text(name, read) {
	const id = `\0${name}`;
	/** @type {string} */
	let value;
	return {
		name,
		// Once, before this bundle loads anything.
		async buildStart() {
			value = await read();
		},
		resolveId: (source) => (source === name ? id : null),
		load: (source) => (source === id ? `export default ${templateLiteral(value)};` : null),
	};
}

/**
 * The lines of a script stay lines.
 *
 * @param {string} value
 */
function templateLiteral(value) {
	return `\`${value.replace(/[\\`]|\$\{/g, '\\$&')}\``;
}

/** The kernel. In base64, deflated bytes take three quarters of what plain ones do after gzip. */
function deflateKernel() {
	return deflateSync(readFileSync(kernelFile), { level: 9 }).toString('base64');
}

/**
 * A platform's worker, bundled into one script.
 *
 * @param {Platform} platform
 */
async function bundleWorker(platform) {
	const input = `worker/${platform}.ts`;
	const bundle = await rollup({ input, plugins: plugins(platform, ['worker']), external, onwarn });
	const { output } = await bundle.generate({ format: platform === 'node' ? 'cjs' : 'iife' });
	return output[0].code;
}

/**
 * Entries that carry kernel and worker inside, so that a bundler has no file to find.
 *
 * @param {Platform} platform
 * @returns {import('rollup').RollupOptions}
 */
function selfContained(platform) {
	return {
		input: entries,
		output: modules(platform),
		plugins: [
			text('#kernel-source', deflateKernel),
			text('#worker-source', () => bundleWorker(platform)),
			...plugins(platform),
		],
		external,
		onwarn,
	};
}

/**
 * Ships the kernel as a file.
 *
 * @type {import('rollup').Plugin}
 */
const kernelAsset = {
	name: 'kernel-asset',
	generateBundle() {
		this.emitFile({ type: 'asset', fileName: 'softmax-simd.wasm', source: readFileSync(kernelFile) });
	},
};

/** What users import. Chunks are shared, so that an error is of the same class wherever it comes from. */
const entries = {
	index: 'ts/index.ts',
	formats: 'ts/formats/index.ts',
	images: 'ts/images/index.ts',
	metrics: 'ts/metrics/index.ts',
};

/**
 * One after the other, in this order.
 *
 * @type {import('rollup').RollupOptions[]}
 */
const builds = [
	crate,
	selfContained('node'),
	selfContained('browser'),
	{
		input: { index: 'ts/index.ts', worker: 'worker/browser.ts' },
		output: modules('external'),
		plugins: [kernelAsset, ...plugins('external')],
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

/**
 * `rollup --config --configCrate` builds the crate alone, for the types that tsc needs of it.
 *
 * @param {{ configCrate?: boolean }} options of the command line.
 */
export default ({ configCrate }) => {
	if (configCrate) return crate;
	// Files of earlier builds would ship too.
	rmSync('dist', { recursive: true, force: true });
	return builds;
};
