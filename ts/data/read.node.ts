/** How Node reads: files and zlib, which inflates twice as fast as DecompressionStream. See read.browser.ts for the twin. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { InvalidTypeError, InvalidValueError } from '../errors.js';
import type { ByteSource } from './chunks.js';
import { fashionMnistCache } from './download.node.js';
import { checkOptionNames, checkSignal, type FashionMnistFiles, type FashionMnistOptions } from './files.js';

/** Large enough to be given back to the system when freed, small enough not to matter. */
const chunkSize = 1 << 18;

/** Inflates a gzip stream. Throws where it is corrupt or ends too early. */
export function gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
	// The callback has nothing to do: an error of either side ends the iteration with that error.
	return pipeline(chunks, createGunzip({ chunkSize }), () => {});
}

/** A folder with the files, or the checked download. */
export function openFashionMnist(options: FashionMnistOptions): FashionMnistFiles {
	checkOptionNames(options, ['folder', 'download', 'cacheFolder', 'signal']);
	if ('folder' in options) {
		checkOptionNames(options, ['folder']);
		return filesOfFolder(toPath(options.folder, 'folder'));
	}
	const { download, cacheFolder, signal } = options as {
		download?: unknown;
		cacheFolder?: unknown;
		signal?: unknown;
	};
	checkSignal(signal);
	if (download !== true) {
		throw new InvalidTypeError({ field: 'options', expected: '{ folder } or { download: true }', got: 'neither' });
	}
	const cache = fashionMnistCache(cacheFolder === undefined ? undefined : toPath(cacheFolder, 'cacheFolder'), signal);
	return {
		source: cache.folder,
		async open(fileName) {
			return openFile(await cache.path(fileName), `${fileName}.gz`);
		},
	};
}

function filesOfFolder(folder: string): FashionMnistFiles {
	return {
		source: folder,
		async open(fileName) {
			for (const name of [fileName, `${fileName}.gz`]) {
				const path = join(folder, name);
				const found = await stat(path).catch(() => null);
				if (found?.isFile()) return openFile(path, name);
			}
			const expected = `${fileName} or ${fileName}.gz in ${folder}`;
			throw new InvalidValueError({ field: 'folder', expected, got: 'no such file' }, 'INVALID_FILE');
		},
	};
}

async function openFile(path: string, name: string): Promise<ByteSource & { name: string }> {
	const { size } = await stat(path);
	return { name, length: size, chunks: createReadStream(path, { highWaterMark: chunkSize }) };
}

function toPath(folder: unknown, field: string): string {
	if (folder instanceof URL && folder.protocol === 'file:') return fileURLToPath(folder);
	if (typeof folder === 'string' && folder !== '') return folder;
	const got = typeof folder === 'string' ? 'an empty string' : typeof folder;
	throw new InvalidTypeError({ field, expected: 'a path or a file URL', got });
}
