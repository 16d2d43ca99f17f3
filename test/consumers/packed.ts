/** The package as npm would publish it, unpacked where its consumers look for it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { root } from '../../scripts/tools.mjs';

export const consumers = `${root}consumers/`;

/** Below `consumers/`, so that what set-up installed there is found, and nothing but the tarball has the package's name. */
const output = `${consumers}out/`;

/** The environment of consumers: without the variables of the test runner, and with telemetry off. */
const environment = {
	...Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^(NODE_ENV|VITE|TEST$|DEV$|PROD$)/.test(name)),
	),
	NEXT_TELEMETRY_DISABLED: '1',
	NO_COLOR: '1',
	FORCE_COLOR: undefined,
} as unknown as NodeJS.ProcessEnv;

/** Options to start a child process in a folder with. */
export const inFolder = (cwd: string) => ({ cwd, env: environment, encoding: 'utf8', timeout: 110_000 }) as const;

/** Runs a module in a Node process in a folder; one that does not end by itself is killed, and has no exit code. */
export function runNode(cwd: string, args: string[], node = process.execPath) {
	const { status, stdout, stderr } = spawnSync(node, args, inFolder(cwd));
	return { status, stdout: stdout?.trim(), stderr };
}

/** Runs a bundler to its end; throws its output where it fails. */
export function bundle(cwd: string, args: string[]) {
	const { status, stdout, stderr } = runNode(cwd, args);
	if (status !== 0) throw new Error(`${args.join(' ')}: ${stdout}\n${stderr}`);
}

/** The file of a command that an installed package brings, of the versions the project itself uses where it does. */
export function command(packageName: string, name = packageName): string {
	const file = [root, consumers]
		.flatMap((from) => createRequire(from).resolve.paths(packageName) ?? [])
		.map((folder) => join(folder, packageName, 'package.json'))
		.find((candidate) => {
			try {
				return readFileSync(candidate);
			} catch {
				return false;
			}
		});
	if (!file) throw new Error(`${packageName} is not installed: run npm run setup -- test`);
	const { bin } = JSON.parse(readFileSync(file, 'utf8'));
	return join(dirname(file), typeof bin === 'string' ? bin : bin[name]);
}

/** `npm pack`, once per folder of consumers. */
export interface Packed {
	tarball: string;
	files: string[];
	unpackedSize: number;
	/** A folder with the package installed, the sample under `public/`, and whatever else of `consumers/` is named. */
	consumer(name: string, ...sources: string[]): string;
}

export function pack(group: string): Packed {
	const folder = `${output}${group}/`;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	// Else esbuild would find the project's own, which has the package's name stand for its source.
	writeFileSync(join(folder, 'tsconfig.json'), '{}');
	const packing = spawnSync(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
		inFolder(root),
	);
	if (packing.status !== 0) throw new Error(packing.stderr);
	// Newer npm answers with an object by name, older ones with an array.
	const [{ filename, files, unpackedSize }] = Object.values<{
		filename: string;
		files: { path: string }[];
		unpackedSize: number;
	}>(JSON.parse(packing.stdout));
	const tarball = join(folder, filename);
	const consumer = (name: string, ...sources: string[]) => {
		const place = join(folder, name);
		const installed = join(place, 'node_modules/softmax-simd');
		mkdirSync(installed, { recursive: true });
		const unpacking = spawnSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed], inFolder(place));
		if (unpacking.status !== 0) throw new Error(unpacking.stderr);
		writeFileSync(join(place, 'package.json'), '{ "private": true, "type": "module" }');
		for (const source of sources)
			cpSync(join(consumers, source), source.endsWith('.js') ? join(place, basename(source)) : place, {
				recursive: true,
			});
		cpSync(`${root}examples/sample`, join(place, 'public/sample'), { recursive: true });
		return place;
	};
	return { tarball, files: files.map(({ path }) => path), unpackedSize, consumer };
}

/** Where each entry of the installed package lies for a page without a bundler, by the name it is imported by. */
export function entries(place: string): Record<string, string> {
	const { exports } = JSON.parse(readFileSync(join(place, 'node_modules/softmax-simd/package.json'), 'utf8'));
	return Object.fromEntries(
		Object.entries<{ types?: string; default: string }>(exports)
			.filter(([, target]) => target.types)
			.map(([name, target]) => [
				name.replace('.', 'softmax-simd'),
				target.default.replace('.', '/node_modules/softmax-simd'),
			]),
	);
}
