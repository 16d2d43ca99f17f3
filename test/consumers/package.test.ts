import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { command, consumers, entries, pack, runNode } from './packed.js';

const packed = pack('package');
const place = packed.consumer('package');
const installed = join(place, 'node_modules/softmax-simd');

const gzipped = (bytes: Uint8Array) => gzipSync(bytes, { level: 9 }).length / 1024;

test('publint has nothing to say about the tarball', () => {
	const { status, stdout } = runNode(installed, [command('publint'), '--strict', '--pack', 'false']);
	expect([status, stdout]).toEqual([0, expect.stringContaining('All good!')]);
});

test('the types of the tarball are right for every way to resolve an ES module', () => {
	const { status, stdout } = runNode(place, [
		command('@arethetypeswrong/cli', 'attw'),
		packed.tarball,
		'--profile=esm-only',
		'--no-emoji',
		// Files that are served and not imported have no types.
		'--entrypoints',
		...Object.keys(entries(place)).map((name) => name.replace('softmax-simd', '.')),
	]);
	expect(status, stdout).toBe(0);
});

test('an app that trains grows by no more than 50 KB, worker and kernel included', async () => {
	const contents = `import { createTrainer } from 'softmax-simd'; createTrainer();`;
	const stdin = { contents, resolveDir: place };
	const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: 'esm', write: false });
	expect(gzipped(outputFiles[0].contents)).toBeLessThanOrEqual(50);
});

test('the kernel imports three functions of wasm-bindgen, which a host without JavaScript can leave empty', async () => {
	const module = await WebAssembly.compile(readFileSync(join(installed, 'dist/softmax-simd.wasm')));
	const imports = WebAssembly.Module.imports(module);
	// The digits at the end of a name depend on the version of wasm-bindgen.
	expect(imports.map(({ module, name, kind }) => [module, name.replace(/_[0-9a-f]{16}$/, ''), kind])).toEqual([
		['./index_bg.js', '__wbg___wbindgen_memory', 'function'],
		['./index_bg.js', '__wbg___wbindgen_throw', 'function'],
		['./index_bg.js', '__wbindgen_init_externref_table', 'function'],
	]);
	const empty = Object.fromEntries(imports.map(({ name }) => [name, () => {}]));
	const { exports } = await WebAssembly.instantiate(module, { './index_bg.js': empty });
	const { kernelmodel_create, kernelmodel_parameters, memory } = exports as Record<string, CallableFunction> & {
		memory: WebAssembly.Memory;
	};
	const parameters = kernelmodel_parameters(kernelmodel_create(3, 2, 0));
	expect(new Float32Array(memory.buffer, parameters, 8)).toEqual(new Float32Array(8));
});

test('the package unpacked has no more than 700 KB, and nothing that its users do not need', () => {
	expect(packed.unpackedSize / 1024).toBeLessThanOrEqual(700);
	const outside = packed.files.filter((file) => !file.startsWith('dist/'));
	expect(outside.sort()).toEqual([
		'CHANGELOG.md',
		'LICENSE',
		'README.md',
		'README.zh-CN.md',
		'THIRD-PARTY-LICENSES',
		'package.json',
	]);
});

test.each(readdirSync(`${consumers}types`).filter((file) => file.startsWith('tsconfig')))(
	'a consumer of every export, without the types of a browser or of Node, passes tsc with %s',
	(config) => {
		cpSync(`${consumers}types`, place, { recursive: true });
		// Checks every entry as a whole: a type that refers to a missing name is an error.
		const lines = Object.keys(entries(place)).map((entry, index) => `export * as entry${index} from '${entry}';`);
		writeFileSync(join(place, 'every-export.ts'), lines.join('\n'));
		const { status, stdout } = runNode(place, [command('typescript', 'tsc'), '--project', config]);
		expect([status, stdout]).toEqual([0, '']);
	},
);
