/** What a page loads: the package's entry and the files it imports. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../../scripts/tools.mjs';

const folder = `${root}dist/browser`;

function withImports(file, found = new Map()) {
	if (found.has(file)) return found;
	const bytes = readFileSync(join(folder, file));
	found.set(file, bytes);
	const imports = bytes.toString().matchAll(/\b(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g);
	for (const [, imported] of imports) withImports(imported, found);
	return found;
}

/** @returns bytes, raw and compressed file by file. */
export function measure() {
	const files = withImports('index.js');
	let [bytes, gzip] = [0, 0];
	for (const content of files.values()) {
		bytes += content.length;
		gzip += gzipSync(content, { level: 9 }).length;
	}
	return { files: [...files.keys()].map((file) => `dist/browser/${file}`), bytes, gzip };
}
