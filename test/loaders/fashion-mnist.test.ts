import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { debianDataset } from '../../scripts/tools.mjs';
import { InvalidTypeError, InvalidValueError } from '../../ts/api/errors.js';
import { fashionMnistCache, officialUrl } from '../../ts/loaders/download.node.js';
import { fashionMnistClassNames, loadFashionMnist, loadFashionMnistPart } from '../../ts/loaders/fashion-mnist.js';
import { untyped } from '../calls.js';
import { hasOfficialFiles, officialFile } from './official-files.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sample = join(root, 'examples/sample');
const fileNames = [
	't10k-images-idx3-ubyte.gz',
	't10k-labels-idx1-ubyte.gz',
	'train-images-idx3-ubyte.gz',
	'train-labels-idx1-ubyte.gz',
];

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'fashion-mnist-'));
});

afterEach(async () => {
	vi.unstubAllGlobals();
	await rm(folder, { recursive: true });
});

async function copySample(): Promise<void> {
	for (const name of fileNames) await copyFile(join(sample, name), join(folder, name));
}

function labelsFile(labels: number[]): Buffer {
	const header = [0, 0, 8, 1, 0, 0, labels.length >> 8, labels.length & 255];
	return gzipSync(Uint8Array.from([...header, ...labels]));
}

describe('loadFashionMnist from a folder', () => {
	it('loads the embedded sample: 600 and 100 images of every class', async () => {
		const { train, test, source } = await loadFashionMnist({ folder: sample });
		expect(source).toBe(sample);
		for (const [part, perClass] of [
			[train, 600],
			[test, 100],
		] as const) {
			const counts = new Array(10).fill(0);
			for (const label of part.labels) counts[label]++;
			expect(counts).toEqual(new Array(10).fill(perClass));
			expect(part.inputs).toHaveLength(perClass * 10 * 784);
			expect(part.inputShape).toEqual([28, 28]);
			expect(part.classNames).toBe(fashionMnistClassNames);
		}
	});

	it('takes a file URL, and files without gzip', async () => {
		await copySample();
		for (const name of fileNames.slice(2)) {
			await writeFile(join(folder, name.replace('.gz', '')), gunzipSync(await readFile(join(folder, name))));
			await rm(join(folder, name));
		}
		const { train, test } = await loadFashionMnist({ folder: new URL(`file://${folder}/`) });
		const expected = await loadFashionMnist({ folder: sample });
		expect(Buffer.compare(train.inputs, expected.train.inputs)).toBe(0);
		expect(test.labels).toEqual(expected.test.labels);
	});

	it('names the file that is missing', async () => {
		await copySample();
		await rm(join(folder, 't10k-images-idx3-ubyte.gz'));
		const promise = loadFashionMnist({ folder });
		await expect(promise).rejects.toThrow(InvalidValueError);
		await expect(promise).rejects.toMatchObject({
			code: 'INVALID_FILE',
			message: `folder: expected t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz in ${folder}, got no such file`,
		});
	});

	it('names the file that is damaged', async () => {
		await copySample();
		await writeFile(join(folder, 'train-labels-idx1-ubyte.gz'), 'a text');
		await expect(loadFashionMnist({ folder })).rejects.toThrow(/^train-labels-idx1-ubyte.gz magic: expected/);
	});

	it('refuses a label that is no class, with its row', async () => {
		await copySample();
		await writeFile(join(folder, 'train-labels-idx1-ubyte.gz'), labelsFile([9, 0, 10]));
		await expect(loadFashionMnist({ folder })).rejects.toMatchObject({ code: 'INVALID_FILE', row: 2, got: '10' });
	});

	it('refuses labels that are fewer than the images', async () => {
		await copySample();
		await writeFile(join(folder, 't10k-labels-idx1-ubyte.gz'), labelsFile([1, 2, 3]));
		await expect(loadFashionMnist({ folder })).rejects.toThrow(
			't10k-images-idx3-ubyte.gz: expected 3 images, as many as labels, got 1000',
		);
	});

	it('refuses images that are not 28 × 28', async () => {
		await copySample();
		await copyFile(join(folder, 'train-labels-idx1-ubyte.gz'), join(folder, 'train-images-idx3-ubyte.gz'));
		await expect(loadFashionMnist({ folder })).rejects.toThrow(
			'train-images-idx3-ubyte.gz dimensions: expected unsigned bytes, count × 28 × 28, got Uint8Array, 6000',
		);
	});
});

describe('loadFashionMnistPart', () => {
	it('loads a part of which alone there are files', async () => {
		for (const name of fileNames.slice(2)) await copyFile(join(sample, name), join(folder, name));
		const { train } = await loadFashionMnist({ folder: sample });
		const { inputs, ...rest } = await loadFashionMnistPart('train', { folder });
		expect(Buffer.compare(inputs, train.inputs)).toBe(0);
		expect(rest).toEqual({ labels: train.labels, inputShape: [28, 28], classNames: fashionMnistClassNames });
		await expect(loadFashionMnistPart('test', { folder })).rejects.toThrow('expected t10k-labels-idx1-ubyte');
	});

	it('refuses a part that is none', async () => {
		for (const part of ['t10k', '', undefined]) {
			await expect(loadFashionMnistPart(untyped(part), { folder: sample })).rejects.toMatchObject({ field: 'part' });
		}
	});
});

describe('options of loadFashionMnist', () => {
	it.each([
		['nothing', undefined, 'INVALID_TYPE'],
		['no place', {}, 'INVALID_TYPE'],
		['download: false', { download: false }, 'INVALID_TYPE'],
		['an empty folder name', { folder: '' }, 'INVALID_TYPE'],
		['a folder on the web', { folder: new URL('http://127.0.0.1/') }, 'INVALID_TYPE'],
		['a signal that is none', { download: true, signal: {} }, 'INVALID_TYPE'],
		['a folder and a download', { folder: sample, download: true }, 'UNKNOWN_OPTION'],
		['the browser’s option', { baseUrl: '/data' }, 'UNKNOWN_OPTION'],
		['a misspelt name', { foldr: sample }, 'UNKNOWN_OPTION'],
	])('refuses %s', async (_, options, code) => {
		const promise = loadFashionMnist(untyped(options));
		await expect(promise).rejects.toThrow(InvalidTypeError);
		await expect(promise).rejects.toMatchObject({ code });
	});
});

describe('the checked download', () => {
	it('refuses a file with another SHA-256 and leaves nothing behind', async () => {
		vi.stubGlobal('fetch', async () => new Response('not the labels'));
		await expect(loadFashionMnist({ download: true, cacheFolder: folder })).rejects.toMatchObject({
			name: 'InvalidValueError',
			code: 'INVALID_FILE',
			field: `${officialUrl}train-labels-idx1-ubyte.gz`,
			expected: expect.stringMatching(/^SHA-256 [0-9a-f]{64}$/),
		});
		expect(await readdir(folder)).toEqual([]);
	});

	it('stops a server that sends more than the file has', async () => {
		let sent = 0;
		const endless = new ReadableStream({
			pull(controller) {
				controller.enqueue(new Uint8Array(10_000));
				sent += 10_000;
			},
		});
		vi.stubGlobal('fetch', async () => new Response(endless));
		await expect(loadFashionMnist({ download: true, cacheFolder: folder })).rejects.toThrow(
			'expected 29515 bytes, got more',
		);
		expect(sent).toBeLessThan(100_000);
		expect(await readdir(folder)).toEqual([]);
	});

	it('says why the network failed', async () => {
		vi.stubGlobal('fetch', async () => {
			throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') });
		});
		await expect(loadFashionMnist({ download: true, cacheFolder: folder })).rejects.toMatchObject({
			code: 'INVALID_FILE',
			field: 'download',
			got: 'fetch failed (getaddrinfo ENOTFOUND)',
		});
	});

	it('says the status of a server that refuses', async () => {
		vi.stubGlobal('fetch', async () => new Response('', { status: 403 }));
		await expect(loadFashionMnist({ download: true, cacheFolder: folder })).rejects.toMatchObject({
			field: 'download',
			got: 'status 403',
		});
	});

	it('rejects with the reason of an aborted signal', async () => {
		const reason = new Error('enough');
		const controller = new AbortController();
		vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) => {
			controller.abort(reason);
			throw signal?.reason;
		});
		const promise = loadFashionMnist({ download: true, cacheFolder: folder, signal: controller.signal });
		await expect(promise).rejects.toBe(reason);
		expect(await readdir(folder)).toEqual([]);
	});

	it('says that the cache folder cannot be written', async () => {
		await writeFile(join(folder, 'file'), '');
		await expect(
			loadFashionMnist({ download: true, cacheFolder: join(folder, 'file', 'cache') }),
		).rejects.toMatchObject({ code: 'INVALID_FILE', field: 'cacheFolder' });
	});

	it('uses $XDG_CACHE_HOME by default', () => {
		vi.stubEnv('XDG_CACHE_HOME', folder);
		expect(fashionMnistCache().folder).toBe(join(folder, 'softmax-simd', 'fashion-mnist'));
		vi.unstubAllEnvs();
	});
});

describe.skipIf(!hasOfficialFiles)('with the whole of Fashion-MNIST from Debian', () => {
	it('keeps a download that is right, and fetches it again only when it is damaged', async () => {
		const official = officialFile('t10k-labels-idx1-ubyte');
		const fetched: string[] = [];
		vi.stubGlobal('fetch', async (url: string) => {
			fetched.push(url);
			return new Response(official as BodyInit);
		});
		const cache = fashionMnistCache(join(folder, 'a', 'b'));
		const path = await cache.path('t10k-labels-idx1-ubyte');
		expect(path).toBe(join(folder, 'a', 'b', 't10k-labels-idx1-ubyte.gz'));
		await cache.path('t10k-labels-idx1-ubyte');
		expect(fetched).toEqual([`${officialUrl}t10k-labels-idx1-ubyte.gz`]);

		await writeFile(path, official.subarray(1));
		await cache.path('t10k-labels-idx1-ubyte');
		expect(fetched).toHaveLength(2);
		expect(Buffer.compare(await readFile(path), official)).toBe(0);
		expect(await readdir(cache.folder)).toEqual(['t10k-labels-idx1-ubyte.gz']);
	});

	it('makes the embedded sample again from it', { timeout: 60_000 }, async () => {
		const { status } = spawnSync(process.execPath, [join(root, 'scripts/make-sample.mjs'), debianDataset, folder]);
		expect(status).toBe(0);
		for (const name of fileNames) {
			const made = gunzipSync(await readFile(join(folder, name)));
			expect(made.equals(gunzipSync(await readFile(join(sample, name))))).toBe(true);
		}
	});
});
