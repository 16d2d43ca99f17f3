/** The official Fashion-MNIST files in a cache folder, downloaded when they are missing or damaged. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { badFile } from '../api/check.js';
import { InvalidValueError } from '../api/errors.js';
import { chunksOfFile } from './file-chunks.node.js';
import type { FashionMnistFileName } from './files.js';

export const officialUrl = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/';

/** The files as published there since 2017; their MD5 sums are those in the README of Fashion-MNIST. */
const officialFiles: Record<FashionMnistFileName, { bytes: number; sha256: string }> = {
	'train-images-idx3-ubyte': {
		bytes: 26_421_880,
		sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
	},
	'train-labels-idx1-ubyte': {
		bytes: 29_515,
		sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
	},
	't10k-images-idx3-ubyte': {
		bytes: 4_422_102,
		sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
	},
	't10k-labels-idx1-ubyte': {
		bytes: 5_148,
		sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
	},
};

/** A download fails when the server sends nothing for this long. */
const silenceMilliseconds = 5000;

/** A folder whose files are downloaded when they are first needed. */
export interface FashionMnistCache {
	readonly folder: string;
	/** Path of a file; resolves once the file exists and is intact. */
	path(fileName: FashionMnistFileName): Promise<string>;
}

/**
 * @param folder default `softmax-simd/fashion-mnist` in `$XDG_CACHE_HOME` or `~/.cache`.
 */
export function fashionMnistCache(
	folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'softmax-simd', 'fashion-mnist'),
	signal?: AbortSignal,
): FashionMnistCache {
	return {
		folder,
		async path(fileName) {
			signal?.throwIfAborted();
			const path = join(folder, `${fileName}.gz`);
			if ((await sha256OfFile(path)) === officialFiles[fileName].sha256) return path;
			await makeFolder(folder);
			await download(fileName, path, signal);
			return path;
		},
	};
}

async function sha256OfFile(path: string): Promise<string | null> {
	const hash = createHash('sha256');
	try {
		for await (const chunk of chunksOfFile(path)) hash.update(chunk);
	} catch {
		return null;
	}
	return hash.digest('hex');
}

async function makeFolder(folder: string): Promise<void> {
	try {
		await mkdir(folder, { recursive: true });
	} catch (error) {
		throw failure('cacheFolder', 'a folder that can be written', error);
	}
}

/** Writes to a temporary file and renames it at the end, so that no reader sees half a file. */
async function download(fileName: FashionMnistFileName, path: string, signal?: AbortSignal): Promise<void> {
	const url = `${officialUrl}${fileName}.gz`;
	const { bytes, sha256 } = officialFiles[fileName];
	const temporary = `${path}.${randomUUID()}.part`;
	const hash = createHash('sha256');
	try {
		const file = await open(temporary, 'wx');
		try {
			let received = 0;
			for await (const chunk of bodyOf(url, signal)) {
				received += chunk.length;
				if (received > bytes) throw mismatch(url, `${bytes} bytes`, 'more');
				hash.update(chunk);
				await file.appendFile(chunk);
			}
		} finally {
			await file.close();
		}
		const got = hash.digest('hex');
		if (got !== sha256) throw mismatch(url, `SHA-256 ${sha256}`, got);
		await rename(temporary, path);
	} catch (error) {
		signal?.throwIfAborted();
		throw error instanceof InvalidValueError ? error : failure('cacheFolder', 'a folder that can be written', error);
	} finally {
		await rm(temporary, { force: true });
	}
}

/** The body of a response, in chunks. */
async function* bodyOf(url: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
	const silence = new AbortController();
	const abort = () => silence.abort(new Error(`no answer for ${silenceMilliseconds / 1000} seconds`));
	const timer = setTimeout(abort, silenceMilliseconds);
	const signals = signal ? [signal, silence.signal] : [silence.signal];
	try {
		const response = await fetch(url, { signal: AbortSignal.any(signals) });
		if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
		for await (const chunk of response.body) {
			timer.refresh();
			yield chunk;
		}
	} catch (error) {
		throw failure('download', `${url} to answer`, error);
	} finally {
		clearTimeout(timer);
	}
}

function mismatch(url: string, expected: string, got: string): InvalidValueError {
	return badFile(url, expected, got);
}

function failure(field: string, expected: string, error: unknown): InvalidValueError {
	const { message, cause } = error as Error;
	// The message of fetch says only that it failed; its cause has the reason.
	const got = cause instanceof Error ? `${message} (${cause.message})` : message;
	return Object.assign(badFile(field, expected, got), { cause: error });
}
