/** How Node reads: files and zlib, which inflates twice as fast as DecompressionStream. See read.browser.ts for the twin. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { InvalidTypeError, InvalidValueError } from '../api/errors.js';
import { type ByteSource, type Collected, chunkLength, collect } from './chunks.js';
import { fashionMnistCache } from './download.node.js';
import { chunksOfFile } from './file-chunks.node.js';
import { checkOptionNames, checkSignal, type FashionMnistFiles, type FashionMnistOptions } from './files.js';

/** Inflates a gzip stream. Throws where it is corrupt or ends too early. */
export function gunzip(chunks: AsyncIterable<Uint8Array>, chunkSize = chunkLength): AsyncIterable<Uint8Array> {
	// Holding back from the first byte on, it takes a chunk only when it has done with the one before.
	const options = { chunkSize, highWaterMark: 1 };
	// The callback has nothing to do: an error of either side ends the iteration with that error.
	return pipeline(chunks, createGunzip(options), () => {});
}

/** Inflates the first `size` bytes of a gzip stream into one array. Throws where it is corrupt or ends too early. */
export async function inflate(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Collected> {
	// zlib writes chunk after chunk into one buffer until that is full: this one has room for all, and for one byte too many.
	const inflated = gunzip(chunks, Math.max(size + 1, chunkLength));
	return collect(inflated, size, ({ buffer, byteOffset }) =>
		buffer.byteLength - byteOffset > size ? new Uint8Array(buffer, byteOffset, size) : new Uint8Array(size),
	);
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
	return { name, length: size, chunks: () => chunksOfFile(path) };
}

function toPath(folder: unknown, field: string): string {
	if (folder instanceof URL && folder.protocol === 'file:') return fileURLToPath(folder);
	if (typeof folder === 'string' && folder !== '') return folder;
	const got = typeof folder === 'string' ? 'an empty string' : typeof folder;
	throw new InvalidTypeError({ field, expected: 'a path or a file URL', got });
}
