/** Builds of the package, several of them in one process. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../command-line.mjs';

const entry = 'dist/node/index.js';

/** @param folder with `package.json` and `dist/`. */
export function checkBuild(folder) {
	if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, entry))) return resolve(folder);
	throw new UsageError(`${folder} is no built package: it has no package.json or no ${entry}`);
}

/** The Node entry of a build. A second import of the same folder would be the same instance. */
export function loadBuild(folder) {
	return import(pathToFileURL(join(folder, entry)).href);
}

/** A copy of a build, which loads as an instance of its own. */
export function copyBuild(folder) {
	const copy = mkdtempSync(join(tmpdir(), 'softmax-simd-'));
	for (const name of ['package.json', 'dist']) cpSync(join(folder, name), join(copy, name), { recursive: true });
	return { folder: copy, remove: () => rmSync(copy, { recursive: true }) };
}
