/** The crate's tests twice: natively, and inside WebAssembly as they ship. */
import { spawnSync } from 'node:child_process';
import { crate, toolsFolder, wasmPack } from './tools.mjs';

function run(command, args) {
	const env = { ...process.env, PATH: `${toolsFolder}/bin:${process.env.PATH}` };
	const { status, error } = spawnSync(command, args, { cwd: crate, stdio: 'inherit', env });
	if (error) console.error(`${command}: ${error.message}`);
	if (status !== 0) process.exit(1);
}

run('cargo', ['test', '--locked']);
run(wasmPack, ['test', '--node', '--mode', 'no-install', '.']);
