/**
 * Files and gzip in Node, by fs and zlib, which inflates twice as fast as DecompressionStream. Exports the same functions as
 * read.browser.ts.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { badFile, checkKeys, wrongType } from '../api/check.js';
import { InvalidTypeError } from '../api/errors.js';
import { type ByteSource, type Collected, chunkLength, collect } from './chunks.js';
import { fashionMnistCache } from './download.node.js';
import { chunksOfFile } from './file-chunks.node.js';
import { checkFetchSignal, type FashionMnistFiles, type FashionMnistOptions } from './files.js';

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
	checkKeys('options', options, ['folder', 'download', 'cacheFolder', 'signal']);
	if ('folder' in options) {
		checkKeys('options', options, ['folder']);
		return filesOfFolder(toPath(options.folder, 'folder'));
	}
	const { download, cacheFolder, signal } = options as {
		download?: unknown;
		cacheFolder?: unknown;
		signal?: unknown;
	};
	checkFetchSignal(signal);
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
			throw badFile('folder', expected, 'no such file');
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
	throw wrongType(field, 'a path or a file URL', folder);
}
