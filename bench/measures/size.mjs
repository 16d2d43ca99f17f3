/** What a page loads. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { root } from '../paths.mjs';

export function measure() {
	const bytes = readFileSync(`${root}dist/browser/index.js`);
	return { file: 'dist/browser/index.js', bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}
