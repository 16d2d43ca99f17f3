/**
 * Installs what the project needs and is missing; quick when all is there.
 *
 *   node scripts/setup.mjs run    what building and training need
 *   node scripts/setup.mjs test   and what the tests need
 *
 * Uses nothing but Node's own modules, since npm's packages may not be there yet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { platform, userInfo } from 'node:os';
import {
	browsers,
	cacheFolder,
	debianDataset,
	python,
	pythonFolder,
	pythonPackages,
	root,
	wasmBindgen,
	wasmPack,
	webkit,
} from './tools.mjs';

const purpose = process.argv[2] ?? 'test';

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
function run(command, args, options = {}) {
	console.log(`> ${command} ${args.join(' ')}`);
	const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
	if (error || status !== 0) {
		console.error(`set-up failed: ${command} ${args.join(' ')} (${error?.message ?? `exit code ${status}`})`);
		process.exit(1);
	}
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns what it printed; null where it failed.
 */
function output(command, args) {
	const { stdout, error, status } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
	return error || status !== 0 ? null : stdout;
}

function setUpRust() {
	if (output('cargo', ['--version']) === null) {
		console.error('set-up needs Rust: install rustup (https://rustup.rs), then run this again');
		process.exit(1);
	}
	const sysroot = output('rustc', ['--print', 'sysroot'])?.trim();
	if (!existsSync(`${sysroot}/lib/rustlib/wasm32-unknown-unknown/lib`)) {
		run('rustup', ['target', 'add', 'wasm32-unknown-unknown']);
	}
	if (purpose !== 'test') return;
	for (const [component, command] of [
		['clippy', 'cargo-clippy'],
		['rustfmt', 'cargo-fmt'],
	]) {
		if (!output(command, ['--version'])) run('rustup', ['component', 'add', component]);
	}
}

/**
 * Compiles a tool once for all clones of a user. Without optimisations it works as well, and is there in a third of the time.
 *
 * @param {{ file: string, folder: string, version: string }} tool
 * @param {string} crateName
 * @param {string[]} flags
 */
function compile({ file, folder, version }, crateName, flags = []) {
	if (existsSync(file)) return;
	// From outside of the crate's folder, whose .cargo/config.toml is meant for the crate alone.
	run('cargo', [
		'install',
		'--quiet',
		'--locked',
		'--debug',
		'--root',
		folder,
		'--version',
		version,
		...flags,
		crateName,
	]);
}

/** The rollup plugin and wasm-pack download wasm-bindgen where they can. */
async function setUpWasmBindgen() {
	if (process.env.WASM_BINDGEN_BIN || existsSync(wasmBindgen.file) || isDownloaded() || (await isDownloadable()))
		return;
	console.log(
		'set-up compiles wasm-bindgen, which takes some minutes, since its releases on github.com cannot be reached',
	);
	compile(wasmBindgen, 'wasm-bindgen-cli', ['--bin', 'wasm-bindgen', '--bin', 'wasm-bindgen-test-runner']);
}

/** Whether the rollup plugin has it already. */
function isDownloaded() {
	const folder = cacheFolder('rollup-plugin-rust');
	const names = existsSync(folder) ? readdirSync(folder) : [];
	return names.some((name) => name.startsWith(`wasm-bindgen-${wasmBindgen.version}-`));
}

/** Asks for the headers of one of the release's files. */
async function isDownloadable() {
	const { version } = wasmBindgen;
	const release = `https://github.com/rustwasm/wasm-bindgen/releases/download/${version}`;
	const file = `${release}/wasm-bindgen-${version}-x86_64-unknown-linux-musl.tar.gz`;
	try {
		return (await fetch(file, { method: 'HEAD', signal: AbortSignal.timeout(10_000) })).ok;
	} catch {
		return false;
	}
}

/**
 * @param {string} folder
 * @param {string[]} flags
 */
function setUpNpm(folder, flags = []) {
	const installed = `${folder}node_modules/.package-lock.json`;
	const wanted = `${folder}package-lock.json`;
	if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
	// onnxruntime-node would download libraries for graphics cards.
	const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
	run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...flags], { env, cwd: folder });
}

function setUpDebianPackages() {
	const packages = [];
	if (!existsSync(debianDataset)) packages.push('dataset-fashion-mnist');
	if (purpose === 'test' && !process.env.WITHOUT_BROWSERS) {
		if (!existsSync(browsers.chrome)) packages.push('chromium');
		if (!existsSync(browsers.firefox)) packages.push('firefox-esr');
		if (!existsSync(webkit.browser)) packages.push('webkit2gtk-driver', 'xvfb', 'xauth');
	}
	if (packages.length === 0) return;
	if (!isDebian() || userInfo().uid !== 0) {
		console.log(
			`set-up leaves out ${packages.join(', ')}: only root on Debian gets them from here (see docs/development.md)`,
		);
		return;
	}
	const environment = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
	run('apt-get', ['update', '-qq'], environment);
	run('apt-get', ['install', '-qq', '--yes', '--no-install-recommends', ...packages], environment);
}

/** The tests that need it say so where it is missing. */
function setUpPython() {
	if (
		process.env.PYTHON ||
		output(python, ['-c', 'import numpy, onnx, onnxruntime, safetensors, sklearn; print(1)']) === '1\n'
	)
		return;
	if (output('python3', ['-c', 'import venv, ensurepip']) === null) {
		console.log('set-up leaves out Python: without python3 the tests do not read our files with its packages');
		return;
	}
	run('python3', ['-m', 'venv', pythonFolder]);
	run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...pythonPackages]);
}

function isDebian() {
	if (platform() !== 'linux' || !existsSync('/etc/os-release')) return false;
	return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

setUpRust();
setUpNpm(root);
await setUpWasmBindgen();
if (purpose === 'test') compile(wasmPack, 'wasm-pack');
setUpDebianPackages();
if (purpose === 'test') setUpPython();
// The bundlers that the package is tested with; none needs its install scripts.
if (purpose === 'test') setUpNpm(`${root}consumers/`, ['--ignore-scripts']);
