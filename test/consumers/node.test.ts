import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { expectedHashes } from '../bits/same-bits.js';
import bits from '../golden/bits.json';
import { bundle, command, consumers, entries, pack, runNode } from './packed.js';

const place = pack('node').consumer('node', 'app', '../test/bits');
const names = Object.keys(entries(place));

/** npm has newer Nodes for these platforms; on another one they are left out. */
const hasNodes = ['linux-x64', 'linux-arm64', 'darwin-arm64'].includes(`${process.platform}-${process.arch}`);
const nodes = [22, 24, 26].map((version) => [
	`Node ${version}`,
	`${consumers}node_modules/node-${version}-${process.platform}-${process.arch}/bin/node`,
]);

const allNodes = [['the running Node', process.execPath], ...(hasNodes ? nodes : [])];

test.each(allNodes)('the packed package trains to the committed bits in %s, which ends by itself', (_, path) => {
	const { status, stdout, stderr } = runNode(place, ['node.js'], path);
	expect([status, stderr]).toEqual([0, '']);
	expect(JSON.parse(stdout)).toEqual(expectedHashes);
});

test.each(allNodes)('all recorded trainings end in their bits in %s', (_, path) => {
	const source = `
		import * as softmaxSimd from 'softmax-simd';
		import { allHashes } from './cases.js';
		const { train } = await softmaxSimd.loadFashionMnist({ folder: 'public/sample' });
		console.log(JSON.stringify(await allHashes(softmaxSimd, train)));`;
	const { status, stdout, stderr } = runNode(place, ['--input-type=module', '-e', source], path);
	expect([status, stderr]).toEqual([0, '']);
	expect(JSON.parse(stdout)).toEqual(bits);
});

/** Bundlers by name; each writes the program to `file` in `place`. */
const bundlers: Record<string, { file: string; make: (file: string) => unknown }> = {
	'a module by esbuild': { file: 'program.mjs', make: (file) => esbuild(file, 'esm') },
	'CommonJS by esbuild': { file: 'program.cjs', make: (file) => esbuild(file, 'cjs') },
	'a module by Rollup': {
		file: 'program.mjs',
		make: (file) =>
			bundle(place, [
				command('rollup'),
				'node.js',
				`--file=${file}`,
				'--plugin=node-resolve={ exportConditions: ["node"] }',
			]),
	},
	'CommonJS by webpack': {
		file: 'program.cjs',
		make: (file) =>
			bundle(place, [
				command('webpack-cli'),
				'--entry=./node.js',
				'--target=node',
				'--mode=production',
				'--output-path=.',
				`--output-filename=${file}`,
			]),
	},
};

function esbuild(file: string, format: 'esm' | 'cjs') {
	const entryPoints = ['node.js'];
	return build({ absWorkingDir: place, entryPoints, outfile: file, bundle: true, platform: 'node', format });
}

test.each(Object.entries(bundlers))(
	'a program bundled into %s trains to the committed bits where there is no other file',
	async (_, { file, make }) => {
		await make(file);
		const elsewhere = mkdtempSync(join(tmpdir(), 'softmax-simd-'));
		onTestFinished(() => rmSync(elsewhere, { recursive: true }));
		cpSync(join(place, file), join(elsewhere, file));
		cpSync(join(place, 'public'), join(elsewhere, 'public'), { recursive: true });
		const { status, stdout, stderr } = runNode(elsewhere, [file]);
		expect([status, stderr]).toEqual([0, '']);
		expect(JSON.parse(stdout)).toEqual(expectedHashes);
	},
);

const importAll = `
	const told = [];
	const tell = (what) => function () { told.push(what); throw new Error(what); };
	for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming', 'validate', 'Module', 'Instance', 'Memory'])
		WebAssembly[name] = tell('WebAssembly.' + name);
	for (const name of ['Worker', 'SharedWorker', 'fetch']) globalThis[name] = tell(name);
	for (const name of missing) delete globalThis[name];
	const before = Reflect.ownKeys(globalThis);
	for (const name of ${JSON.stringify(names)}) await import(name);
	const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String);
	const resources = process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name));
	console.log(JSON.stringify({ told, added, resources }));
`;
const browserGlobals = [
	'WebAssembly',
	'Worker',
	'SharedWorker',
	'Blob',
	'fetch',
	'crypto',
	'navigator',
	'ReadableStream',
];

test.each([
	['in Node', [], []],
	['in Node, as for browsers', ['--conditions=browser'], []],
	['in Node, with globals missing', [], browserGlobals],
	['in Node, as for browsers, with globals missing', ['--conditions=browser'], browserGlobals],
])('importing every entry %s starts nothing and leaves the globals alone', (_, flags, missing) => {
	const source = `const missing = ${JSON.stringify(missing)};${importAll}`;
	const { status, stdout, stderr } = runNode(place, [...flags, '--input-type=module', '-e', source]);
	expect([status, stderr]).toEqual([0, '']);
	expect(JSON.parse(stdout)).toEqual({ told: [], added: [], resources: [] });
});

test('an uncaught error prints the line that threw it, within 120 columns, and 2,000 characters in all', () => {
	const source = "const { createTrainer } = await import('softmax-simd'); await createTrainer({ classes: 1 });";
	const { status, stderr } = runNode(place, ['--input-type=module', '-e', source]);
	const said = stderr.replaceAll(pathToFileURL(place).href, '');
	const [where, line] = said.split('\n');
	expect(status).toBe(1);
	expect(where).toMatch(/^\/node_modules\/softmax-simd\/dist\/node\/\w+\.js:\d+$/);
	expect(line).toContain('new InvalidValueError(');
	expect(line.length).toBeLessThanOrEqual(120);
	expect(said).toContain('InvalidValueError: classes: expected an integer from 2 to 65535, got 1');
	expect(said.length).toBeLessThanOrEqual(2000);
});
