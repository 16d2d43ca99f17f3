/** Installs the peers when they are missing, with the versions of bench/package-lock.json. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { bench } from './paths.mjs';

export function installPeers() {
	const installed = `${bench}node_modules/.package-lock.json`;
	if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${bench}package-lock.json`).mtimeMs) return;
	// No peer needs its install scripts.
	const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	console.error(`> npm ${args.join(' ')} (in bench/)`);
	const { status, error } = spawnSync('npm', args, { cwd: bench, stdio: ['ignore', 2, 2] });
	if (error || status !== 0) throw new Error(`npm ci in bench/ failed: ${error?.message ?? `exit code ${status}`}`);
}
