/** The kernel: the crate, compiled and optimised. Its flags stand in crate/.cargo/config.toml, its profile in crate/Cargo.toml. */
import { spawnSync } from 'node:child_process';
import { crate, wasmOpt } from './tools.mjs';

const target = 'wasm32-unknown-unknown';

function run(command, args) {
	const { status, error } = spawnSync(command, args, { cwd: crate, stdio: ['ignore', 'inherit', 'inherit'] });
	if (error || status !== 0)
		throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
}

/** Builds it to `file`. */
export function buildKernel(file) {
	run(process.env.CARGO_BIN ?? 'cargo', ['build', '--quiet', '--release', '--locked', '--lib', '--target', target]);
	run(wasmOpt, [
		'-Os',
		'--low-memory-unused',
		'--enable-simd',
		'--enable-bulk-memory',
		'--enable-bulk-memory-opt',
		'--enable-nontrapping-float-to-int',
		'--strip-debug',
		'--strip-producers',
		'--strip-target-features',
		`target/${target}/release/softmax_simd.wasm`,
		'--output',
		file,
	]);
}
