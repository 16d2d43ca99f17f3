import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const types: Record<string, string> = {
	'.html': 'text/html',
	'.js': 'text/javascript',
	'.mjs': 'text/javascript',
	'.wasm': 'application/wasm',
};

export interface Server {
	origin: string;
	close(): void;
}

/**
 * The plainest of static servers: a page's HTML at `/`, the files of a folder below it, all with the same headers.
 *
 * @param onRequest called with the path of every request
 */
export async function serve(
	folder: string,
	page: string,
	headers: Record<string, string> = {},
	onRequest: (path: string) => void = () => {},
): Promise<Server> {
	const server = createServer(async (request, response) => {
		const { pathname } = new URL(request.url ?? '/', 'http://localhost');
		onRequest(pathname);
		for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
		response.setHeader(
			'Content-Type',
			types[extname(pathname)] ?? (pathname === '/' ? 'text/html' : 'application/octet-stream'),
		);
		try {
			response.end(pathname === '/' ? page : await readFile(join(folder, pathname)));
		} catch {
			response.writeHead(404).end();
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
