/** The crate's tests: natively, inside WebAssembly, and under Miri, which finds undefined behaviour. Overflow checks are on. */
import { spawnSync } from 'node:child_process';
import { crate, wasmBindgen, wasmPack } from './tools.mjs';

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
	// wasm-pack downloads wasm-bindgen's test runner, unless set-up had to compile it.
	const env = { ...process.env, PATH: `${wasmBindgen.commands}:${process.env.PATH}` };
	const { status, error } = spawnSync(command, args, { cwd: crate, stdio: 'inherit', env });
	if (error) console.error(`${command}: ${error.message}`);
	if (status !== 0) process.exit(1);
}

run('cargo', ['test', '--locked']);
run(wasmPack.file, ['test', '--node', '.']);
if (spawnSync('cargo', ['+nightly', 'miri', '--version']).status === 0) {
	run('cargo', ['+nightly', 'miri', 'test', '--locked', '--lib']);
} else {
	console.log('left out: Miri. `rustup toolchain install nightly --component miri --component rust-src` installs it');
}
