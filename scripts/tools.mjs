/** Versions and places of the command-line tools the project builds and tests itself with; shared by set-up, build and tests. */
import { readFileSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const crate = `${root}crate`;

export const wasmOpt = `${root}node_modules/.bin/wasm-opt`;

/**
 * Where a program keeps what it can fetch or make again, for all clones of a user.
 *
 * @param {string} program
 */
export function cacheFolder(program) {
	if (platform() === 'darwin') return join(homedir(), 'Library/Caches', program);
	return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), program);
}

/**
 * A tool that set-up compiles. Nothing is installed into the user's PATH.
 *
 * @param {string} name
 * @param {string} version
 */
function compiledTool(name, version) {
	const folder = join(cacheFolder('softmax-simd'), `${name}-${version}`);
	return { version, folder, commands: join(folder, 'bin'), file: join(folder, 'bin', name) };
}

export const wasmPack = compiledTool('wasm-pack', '0.15.1');

/** Its commands must have the very version of the crate's library. */
export const wasmBindgen = compiledTool('wasm-bindgen', lockedVersion('wasm-bindgen'));

/** @param {string} name */
function lockedVersion(name) {
	const lock = readFileSync(`${crate}/Cargo.lock`, 'utf8');
	const version = new RegExp(`name = "${name}"\\nversion = "(.+)"`).exec(lock)?.[1];
	if (!version) throw new Error(`crate/Cargo.lock has no ${name}`);
	return version;
}

export const browsers = {
	chrome: process.env.CHROME_BIN ?? '/usr/bin/chromium',
	firefox: process.env.FIREFOX_BIN ?? '/usr/bin/firefox-esr',
};

/** WebKit, the engine of Safari, as Debian drives it. */
const webkitFolder = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/webkit2gtk-4.1`;
export const webkit = { driver: '/usr/bin/WebKitWebDriver', browser: `${webkitFolder}/MiniBrowser` };

/** As root in a container Chromium has no sandbox; the other flags keep it from talking to its makers. */
export const chromeFlags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** A Python of the project's own, with the packages that read what this package writes; PYTHON chooses another. */
export const pythonFolder = `${root}.tools/python`;
export const python = process.env.PYTHON ?? `${pythonFolder}/bin/python`;
export const pythonPackages = [
	'numpy>=2,<3',
	'safetensors>=0.5,<1',
	'onnx>=1.18,<2',
	'onnxruntime>=1.20,<2',
	'scikit-learn>=1.6,<2',
];

export const debianDataset = '/usr/share/datasets/fashion-mnist';
