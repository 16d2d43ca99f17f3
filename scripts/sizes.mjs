/** Prints the raw and gzip sizes of what ships, and of what it adds to an app. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from './tools.mjs';

/**
 * @param {Uint8Array} bytes
 * @param {string} name
 */
function print(bytes, name) {
	const kilobytes = (/** @type {number} */ length) => `${(length / 1024).toFixed(1)} KB`.padStart(9);
	console.log(`${kilobytes(bytes.length)} ${kilobytes(gzipSync(bytes, { level: 9 }).length)} gzip  ${name}`);
}

/**
 * What esbuild makes of an app's source.
 *
 * @param {string} contents
 */
async function bundle(contents) {
	const stdin = { contents, resolveDir: root };
	const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: 'esm', write: false });
	return outputFiles[0].contents;
}

const files = readdirSync(`${root}dist`, { recursive: true, encoding: 'utf8' }).filter((file) =>
	/\.(js|wasm)$/.test(file),
);
for (const file of files.sort()) print(readFileSync(`${root}dist/${file}`), `dist/${file}`);
const entry = './dist/browser/index.js';
print(
	await bundle(`import { createTrainer } from '${entry}'; createTrainer();`),
	'in an app that imports createTrainer',
);
print(await bundle(`export * from '${entry}';`), 'in an app that imports everything');
