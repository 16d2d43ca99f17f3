/** Files and gzip in browsers, by fetch and DecompressionStream. Exports the same functions as read.node.ts. */
import { badFile, checkKeys, wrongType } from '../api/check.js';
import type { InvalidValueError } from '../api/errors.js';
import { type Collected, collect, sourceOf } from './chunks.js';
import { checkFetchSignal, type FashionMnistFiles, type FashionMnistOptions } from './files.js';

/** Inflates a gzip stream. Throws where it is corrupt or ends too early. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
	const iterator = chunks[Symbol.asyncIterator]();
	const compressed = new ReadableStream<BufferSource>({
		async pull(controller) {
			const { value, done } = await iterator.next();
			if (done) controller.close();
			else controller.enqueue(value as Uint8Array<ArrayBuffer>);
		},
		async cancel() {
			await iterator.return?.();
		},
	});
	const reader = compressed.pipeThrough(new DecompressionStream('gzip')).getReader();
	try {
		for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
	} finally {
		// Rejects when the stream has failed, which the caller knows already.
		await reader.cancel().catch(() => {});
	}
}

/** Inflates the first `size` bytes of a gzip stream into one array. Throws where it is corrupt or ends too early. */
export async function inflate(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Collected> {
	return collect(gunzip(chunks), size);
}

/** The file under its official name with `.gz`, or without where there is none. */
export function openFashionMnist(options: FashionMnistOptions): FashionMnistFiles {
	checkKeys('options', options, ['baseUrl', 'signal']);
	const { baseUrl, signal } = options as { baseUrl: unknown; signal?: unknown };
	checkFetchSignal(signal);
	if (!(typeof baseUrl === 'string' || baseUrl instanceof URL)) {
		throw wrongType('baseUrl', 'a string or a URL', baseUrl);
	}
	const folder = String(baseUrl).replace(/\/*$/, '/');
	return {
		source: folder,
		async open(fileName) {
			const packed = await request(`${folder}${fileName}.gz`, signal);
			const bytes = packed ?? (await request(`${folder}${fileName}`, signal));
			if (!bytes) throw notServed(`${folder}${fileName}.gz`, 'status 404');
			return { name: fileName, ...sourceOf(bytes) };
		},
	};
}

/** Bytes of a file, null where the server has no such file. */
async function request(url: string, signal?: AbortSignal): Promise<Uint8Array | null> {
	try {
		const response = await fetch(url, { signal });
		if (response.status === 404) return null;
		if (!response.ok) throw new Error(`status ${response.status}`);
		return new Uint8Array(await response.arrayBuffer());
	} catch (error) {
		signal?.throwIfAborted();
		throw Object.assign(notServed(url, (error as Error).message), { cause: error });
	}
}

function notServed(url: string, got: string): InvalidValueError {
	return badFile('baseUrl', `a file at ${url}`, got);
}
