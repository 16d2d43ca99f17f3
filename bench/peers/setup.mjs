/** Installs the peers when they are missing, with the versions of package-lock.json. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { root } from '../../scripts/tools.mjs';

const peers = `${root}bench/peers/`;

export function installPeers() {
	const installed = `${peers}node_modules/.package-lock.json`;
	if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${peers}package-lock.json`).mtimeMs) return;
	// No peer needs its install scripts.
	const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	console.error(`> npm ${args.join(' ')} (in bench/peers/)`);
	const { status, error } = spawnSync('npm', args, { cwd: peers, stdio: ['ignore', 2, 2] });
	if (error || status !== 0) {
		throw new Error(`npm ci in bench/peers/ failed: ${error?.message ?? `exit code ${status}`}`);
	}
}
