import { rmSync } from 'node:fs';
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
function crate(inlineWasm) {
	return rust({
		inlineWasm,
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

function plugins(platform, { inlineWasm = false, minify = false } = {}) {
	return [
		crate(inlineWasm),
		nodeResolve({ exportConditions: [platform], browser: platform !== 'node' }),
		esbuild({ target: 'es2022', minify, tsconfig: false, legalComments: 'inline' }),
	];
}

/** Makes `#worker-source`: the browsers' worker, bundled into one classic script, as a string. */
function workerSource() {
	const id = '\0worker-source';
	let source;
	return {
		name: 'worker-source',
		// Before the outer bundle loads anything: two builds of the crate at once would write to the same files.
		async buildStart() {
			const input = 'worker/browser.ts';
			const bundle = await rollup({ input, plugins: plugins('worker', { inlineWasm: true, minify: true }), onwarn });
			const { output } = await bundle.generate({ format: 'iife' });
			source = output[0].code;
		},
		resolveId: (name) => (name === '#worker-source' ? id : null),
		load: (name) => (name === id ? `export default ${JSON.stringify(source)};` : null),
	};
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

export default [
	{
		input: { ...entries, worker: 'worker/node.ts' },
		output: { dir: 'dist/node', format: 'es', chunkFileNames: '[name].js' },
		plugins: plugins('node'),
		external: /^node:/,
		onwarn,
	},
	{
		input: entries,
		output: { dir: 'dist/browser', format: 'es', chunkFileNames: '[name].js' },
		plugins: [workerSource(), ...plugins('browser', { inlineWasm: true, minify: true })],
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
