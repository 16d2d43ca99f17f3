/** Prints the raw and gzip sizes of what ships. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { root } from './tools.mjs';

const files = readdirSync(`${root}dist`, { recursive: true }).filter((file) => /\.(js|wasm)$/.test(file));
for (const file of files.sort()) {
	const bytes = readFileSync(`${root}dist/${file}`);
	const kilobytes = (length) => `${(length / 1024).toFixed(1)} KB`.padStart(9);
	console.log(`${kilobytes(bytes.length)} ${kilobytes(gzipSync(bytes, { level: 9 }).length)} gzip  dist/${file}`);
}
