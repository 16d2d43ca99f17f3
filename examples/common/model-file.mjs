/** Model files on the disk. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Advice } from './command-line.mjs';

/**
 * Reads what `writeModel` wrote.
 *
 * @param decodeModel the package's.
 * @returns the saved model; nothing where there is no such file.
 * @throws Advice where the file cannot be read or is damaged.
 */
export async function readModel(path, decodeModel) {
	let bytes;
	try {
		bytes = await readFile(path);
	} catch (error) {
		if (error.code === 'ENOENT') return undefined;
		throw new Advice(`${path}: ${error.message}`);
	}
	try {
		return decodeModel(bytes);
	} catch (error) {
		if (error.code !== 'INVALID_FILE' && error.code !== 'UNSUPPORTED') throw error;
		throw new Advice(`${path} is no model file to go on from: ${error.message}`);
	}
}

/**
 * Replaces a file as a whole: whatever happens on the way, even a power cut, its path leads to all of the old bytes or to
 * all of the new ones. Missing folders are made.
 *
 * @throws Advice where that cannot be done.
 */
export async function writeModel(path, bytes) {
	const temporary = `${path}.tmp`;
	try {
		await mkdir(dirname(path), { recursive: true });
		await writeThrough(temporary, bytes);
		await rename(temporary, path);
		await syncFolder(dirname(path));
	} catch (error) {
		throw new Advice(`${path} was not written: ${error.message}`);
	}
}

async function writeThrough(path, bytes) {
	const file = await open(path, 'w');
	try {
		await file.writeFile(bytes);
		await file.sync();
	} finally {
		await file.close();
	}
}

/** Makes the new name last. Not every system can open a folder; there it has ways of its own. */
async function syncFolder(path) {
	const folder = await open(path, 'r').catch(() => undefined);
	try {
		await folder?.sync();
	} catch (error) {
		if (error.code !== 'EPERM' && error.code !== 'EINVAL') throw error;
	} finally {
		await folder?.close();
	}
}
