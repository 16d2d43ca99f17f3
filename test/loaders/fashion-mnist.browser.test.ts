import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadFashionMnist } from '../../ts/loaders/fashion-mnist.js';
import { untyped } from '../calls.js';

vi.mock('#read', () => import('../../ts/loaders/read.browser.js'));

const sample = fileURLToPath(new URL('../../examples/sample', import.meta.url));

afterEach(() => {
	vi.unstubAllGlobals();
});

/** Serves the sample's files as `serve` wants them; returns the addresses that are asked for. */
function stubServer(serve: (name: string) => Promise<Uint8Array | number>): string[] {
	const asked: string[] = [];
	vi.stubGlobal('fetch', async (url: string) => {
		asked.push(url);
		const body = await serve(url.slice(url.lastIndexOf('/') + 1));
		return typeof body === 'number' ? new Response('', { status: body }) : new Response(body as BodyInit);
	});
	return asked;
}

describe('loadFashionMnist in a browser', () => {
	it('reads the .gz files below baseUrl', async () => {
		const asked = stubServer((name) => readFile(`${sample}/${name}`));
		const { train, test, source } = await loadFashionMnist({ baseUrl: '/data/fashion' });
		expect(train.inputs).toHaveLength(6000 * 784);
		expect(test.labels).toHaveLength(1000);
		expect(source).toBe('/data/fashion/');
		expect(asked).toEqual([
			'/data/fashion/train-labels-idx1-ubyte.gz',
			'/data/fashion/train-images-idx3-ubyte.gz',
			'/data/fashion/t10k-labels-idx1-ubyte.gz',
			'/data/fashion/t10k-images-idx3-ubyte.gz',
		]);
	});

	it('reads files that the server or fetch has inflated', async () => {
		stubServer(async (name) => gunzipSync(await readFile(`${sample}/${name}`)));
		const { test } = await loadFashionMnist({ baseUrl: new URL('http://127.0.0.1/') });
		expect(test.inputs).toHaveLength(1000 * 784);
	});

	it('falls back to files without .gz', async () => {
		const asked = stubServer(async (name) =>
			name.endsWith('.gz') ? 404 : gunzipSync(await readFile(`${sample}/${name}.gz`)),
		);
		await loadFashionMnist({ baseUrl: '/data/' });
		expect(asked.slice(0, 2)).toEqual(['/data/train-labels-idx1-ubyte.gz', '/data/train-labels-idx1-ubyte']);
	});

	it('says which address did not answer', async () => {
		stubServer(async () => 404);
		await expect(loadFashionMnist({ baseUrl: '/data' })).rejects.toMatchObject({
			code: 'INVALID_FILE',
			message: 'baseUrl: expected a file at /data/train-labels-idx1-ubyte.gz, got status 404',
		});
	});

	it('says why the network failed', async () => {
		vi.stubGlobal('fetch', async () => {
			throw new TypeError('Failed to fetch');
		});
		await expect(loadFashionMnist({ baseUrl: '/data' })).rejects.toMatchObject({
			code: 'INVALID_FILE',
			message: 'baseUrl: expected a file at /data/train-labels-idx1-ubyte.gz, got Failed to fetch',
		});
	});

	it('rejects with the reason of an aborted signal', async () => {
		const reason = new Error('enough');
		vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) => {
			signal?.throwIfAborted();
		});
		const promise = loadFashionMnist({ baseUrl: '/data', signal: AbortSignal.abort(reason) });
		await expect(promise).rejects.toBe(reason);
	});

	it('never guesses a place', async () => {
		const asked = stubServer(async () => 404);
		await expect(loadFashionMnist(untyped({}))).rejects.toMatchObject({ code: 'INVALID_TYPE', field: 'baseUrl' });
		await expect(loadFashionMnist({ folder: '/data' })).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' });
		await expect(loadFashionMnist({ download: true })).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' });
		expect(asked).toEqual([]);
	});
});
