/** `npm run check` holds the architecture by the rules in biome.json: each breach is seeded in a copy, where they must find it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');

/** From the lowest to the highest. */
const rooms = ['api', 'dataset', 'kernel', 'platform', 'engine', 'protocol', 'trainer'];
const subpaths = ['loaders', 'formats', 'images', 'metrics'];

let copy: string;

beforeEach(() => {
	copy = mkdtempSync(join(tmpdir(), 'architecture-'));
	for (const path of ['biome.json', 'package.json', 'scripts/lint', 'ts', 'worker']) {
		cpSync(join(root, path), join(copy, path), { recursive: true });
	}
});

afterEach(() => rmSync(copy, { recursive: true }));

/** Writes files into the copy; returns what the check says of them, as `file:line rule`. */
function findingsOf(files: Record<string, string>): string[] {
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(copy, path)), { recursive: true });
		writeFileSync(join(copy, path), text);
	}
	const args = [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '--diagnostic-level=error'];
	const { stdout } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
	const findings = Array.from(stdout.matchAll(/^::error title=([^,]+),file=([^,]+),line=(\d+)/gm));
	return findings
		.map(([, rule, file, line]) => ({ rule: rule!, path: file!.slice(file!.indexOf(copy) + copy.length + 1), line }))
		.filter(({ path }) => path in files)
		.map(({ rule, path, line }) => `${path}:${line} ${rule}`)
		.sort();
}

const refused = (path: string, ...lines: number[]) =>
	lines.map((line) => `${path}:${line} lint/style/noRestrictedImports`);

/** A file that imports one of each, one a line. */
const importing = (...specifiers: string[]) => specifiers.map((specifier) => `import '${specifier}';\n`).join('');

test('ts/ holds index.ts and the rooms that have rules', () => {
	expect(readdirSync(join(root, 'ts')).sort()).toEqual(['index.ts', ...rooms, ...subpaths].sort());
});

test('a room imports from the rooms below it only, and the trainer not from the kernel', () => {
	const others = [...rooms, ...subpaths];
	const isAllowed = (room: string, other: string) =>
		room === other ||
		(rooms.includes(other) && rooms.indexOf(other) < rooms.indexOf(room) && `${room} ${other}` !== 'trainer kernel');
	const files: Record<string, string> = {};
	const expected: string[] = [];
	for (const room of rooms) {
		const path = `ts/${room}/seeded.ts`;
		files[path] = importing(...others.map((other) => (room === other ? './other.js' : `../${other}/other.js`)));
		expected.push(...refused(path, ...others.flatMap((other, index) => (isAllowed(room, other) ? [] : [index + 1]))));
	}
	expect(findingsOf(files)).toEqual(expected.sort());
});

test('a subpath imports from api only', () => {
	const others = [...rooms, ...subpaths];
	const files = Object.fromEntries(
		subpaths.map((room) => [`ts/${room}/seeded.ts`, importing(...others.map((other) => `../${other}/other.js`))]),
	);
	const lines = others.flatMap((other, index) => (other === 'api' ? [] : [index + 1]));
	expect(findingsOf(files)).toEqual(
		Object.keys(files)
			.flatMap((path) => refused(path, ...lines))
			.sort(),
	);
});

test('the worker imports from every room but the trainer and the subpaths, and no room imports from the worker', () => {
	const others = [...rooms, ...subpaths];
	const below = rooms.filter((room) => room !== 'trainer');
	const files = { 'worker/seeded.ts': importing(...others.map((other) => `../ts/${other}/other.js`)) };
	const lines = others.flatMap((other, index) => (below.includes(other) ? [] : [index + 1]));
	expect(findingsOf(files)).toEqual(refused('worker/seeded.ts', ...lines).sort());

	const fromWorker = [...rooms, ...subpaths].map((room) => `ts/${room}/from-worker.ts`);
	const seeded = Object.fromEntries(fromWorker.map((path) => [path, importing('../../worker/calls.js')]));
	expect(findingsOf(seeded)).toEqual(fromWorker.flatMap((path) => refused(path, 1)).sort());
});

test('an arrow up is found in every form of import', () => {
	const path = 'ts/dataset/seeded.ts';
	const lines = [
		"import type { Engine } from '../engine/engine.js';",
		"export { EngineDataset } from '../engine/engine.js';",
		"export type * from '../engine/engine.js';",
		"export const later = () => import('../engine/engine.js');",
		"export const around = () => import('../api/../engine/engine.js');",
		'export type Same = Engine;',
	];
	expect(findingsOf({ [path]: lines.join('\n') })).toEqual(refused(path, 1, 2, 3, 4, 5));
	expect(findingsOf({ [path]: "export type Same = import('../engine/engine.js').Engine;" })).toEqual([
		`${path}:1 plugin`,
	]);
});

test('a circle is found, in one room and across two, of types too', () => {
	const circle = (path: string) => `${path}:1 lint/suspicious/noImportCycles`;
	expect(
		findingsOf({
			'ts/dataset/first.ts': "import { second } from './second.js';\nexport const first = () => second;\n",
			'ts/dataset/second.ts': "import { third } from './third.js';\nexport const second = () => third;\n",
			'ts/dataset/third.ts': "import { first } from './first.js';\nexport const third = () => first;\n",
			'ts/kernel/upper.ts': "import type { Lower } from '../dataset/lower.js';\nexport type Upper = Lower[];\n",
			'ts/dataset/lower.ts': "import type { Upper } from '../kernel/upper.js';\nexport type Lower = Upper[];\n",
		}),
	).toEqual(
		[
			circle('ts/dataset/first.ts'),
			circle('ts/dataset/second.ts'),
			circle('ts/dataset/third.ts'),
			circle('ts/kernel/upper.ts'),
			circle('ts/dataset/lower.ts'),
			...refused('ts/dataset/lower.ts', 1),
		].sort(),
	);
});

test('only the trainer, the worker, protocol and platform import Comlink', () => {
	const paths = [...[...rooms, ...subpaths].map((room) => `ts/${room}/seeded.ts`), 'worker/seeded.ts'];
	const files = Object.fromEntries(paths.map((path) => [path, importing('comlink')]));
	const found = findingsOf(files).map((finding) => finding.replace(/:.*/, ''));
	expect(paths.filter((path) => !found.includes(path))).toEqual([
		'ts/platform/seeded.ts',
		'ts/protocol/seeded.ts',
		'ts/trainer/seeded.ts',
		'worker/seeded.ts',
	]);
});

test("only platform and loaders import Node's modules, in files that end in .node.ts", () => {
	const files = {
		'ts/loaders/seeded.node.ts': importing('node:fs', 'node:fs/promises'),
		'ts/loaders/seeded.browser.ts': importing('node:fs/promises'),
		'ts/engine/seeded.node.ts': importing('node:fs'),
	};
	expect(findingsOf(files)).toEqual([
		...refused('ts/engine/seeded.node.ts', 1),
		'ts/loaders/seeded.browser.ts:1 lint/correctness/noNodejsModules',
	]);
});

test('ts/index.ts re-exports only', () => {
	const lines = [
		"export { Engine } from './engine/engine.js';",
		"export type * from './api/types.js';",
		"import { argmax } from './metrics/functions.js';",
		'export const first = argmax([1]);',
		'export function second() {}',
		'first.toString();',
	];
	const path = 'ts/index.ts';
	expect(findingsOf({ [path]: lines.join('\n') })).toEqual([3, 4, 5, 6].map((line) => `${path}:${line} plugin`));
});

test('an example imports the package by its public name', () => {
	const path = 'examples/web/seeded.mjs';
	const allowed = ['softmax-simd', 'softmax-simd/metrics', '../common/command-line.mjs', './page/dom.mjs', 'uplot'];
	const deeper = ['../../ts/index.js', '../../dist/node/index.js', '../../worker/calls.js', '../../bench/recipe.mjs'];
	expect(findingsOf({ [path]: importing(...allowed, ...deeper) })).toEqual(refused(path, 6, 7, 8, 9));
});
