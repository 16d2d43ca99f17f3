import { readFileSync, rmSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import rust from '@wasm-tool/rollup-plugin-rust';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';
import { wasmBindgen, wasmOpt } from './scripts/tools.mjs';

// Files of earlier builds would ship too.
rmSync('dist', { recursive: true, force: true });

process.env.WASM_BINDGEN_BIN ??= wasmBindgen;
process.env.WASM_OPT_BIN ??= wasmOpt;

/** The crate, built once for all rows: its flags stand in crate/.cargo/config.toml, its profile in crate/Cargo.toml. */
function crate() {
	return rust({
		optimize: { rustc: false },
		extraArgs: {
			cargo: ['--locked'],
			wasmOpt: [
				'-O3',
				'--low-memory-unused',
				'--enable-simd',
				'--enable-bulk-memory',
				'--enable-bulk-memory-opt',
				'--enable-nontrapping-float-to-int',
				'--strip-debug',
				'--strip-producers',
			],
		},
	});
}

/** In Node names stay as they are, for stack traces that say something; elsewhere what is loaded counts. */
function plugins(platform) {
	return [
		crate(),
		nodeResolve({ exportConditions: [platform], browser: platform !== 'node' }),
		esbuild({
			target: 'es2022',
			minifyWhitespace: true,
			minifySyntax: true,
			minifyIdentifiers: platform !== 'node',
			tsconfig: false,
			legalComments: 'inline',
		}),
	];
}

const kernelFile = 'softmax-simd.wasm';

/** Makes a module whose default export is the string that `read` gives. */
function text(name, read) {
	const id = `\0${name}`;
	let value;
	return {
		name,
		// Before this bundle loads anything: two builds of the crate at once would write to the same files.
		async buildStart() {
			value = await read();
		},
		resolveId: (source) => (source === name ? id : null),
		load: (source) => (source === id ? `export default ${JSON.stringify(value)};` : null),
	};
}

/** The browsers' worker, bundled into one classic script. */
async function bundleWorker() {
	const bundle = await rollup({ input: 'worker/browser.ts', plugins: plugins('worker'), onwarn });
	const { output } = await bundle.generate({ format: 'iife' });
	return output[0].code;
}

/** The kernel that an earlier row wrote. In base64, deflated bytes take three quarters of what plain ones do after gzip. */
function deflateKernel() {
	return deflateSync(readFileSync(`dist/${kernelFile}`), { level: 9 }).toString('base64');
}

/** A warning would be lost in the output of a build that nobody reads: wasm-opt's failure is one. */
function onwarn(warning) {
	throw new Error(warning.message);
}

/** What users import; chunks are shared, so that an error is of the same class wherever it comes from. */
const entries = {
	index: 'ts/index.ts',
	formats: 'ts/formats/index.ts',
	images: 'ts/images/index.ts',
	metrics: 'ts/metrics/index.ts',
};

/** ES modules in a folder of dist/, and the kernel beside the folders. */
function modules(folder) {
	const names = { entryFileNames: `${folder}/[name].js`, chunkFileNames: `${folder}/[name].js` };
	return { dir: 'dist', format: 'es', assetFileNames: kernelFile, ...names };
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
		input: entries,
		output: modules('browser'),
		plugins: [text('#kernel-source', deflateKernel), text('#worker-source', bundleWorker), ...plugins('browser')],
		onwarn,
	},
	{
		input: entries,
		output: { dir: 'dist', format: 'es', chunkFileNames: '[name].d.ts' },
		plugins: [dts({ compilerOptions: { stripInternal: true } })],
		external: /^(node:|#|comlink)/,
		onwarn,
	},
];
