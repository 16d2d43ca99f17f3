/** The plainest of static servers: the page at `/`, the project's files, and the data under `/data/`. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { root } from '../../scripts/tools.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };

function fileOf(pathname, dataFolder) {
	if (pathname === '/') return `${root}bench/browsers/page.html`;
	if (pathname.startsWith('/data/')) return `${dataFolder}/${pathname.slice('/data/'.length)}`;
	return `${root}${pathname.slice(1)}`;
}

export async function serveFiles(dataFolder) {
	const server = createServer(async (request, response) => {
		const path = fileOf(new URL(request.url ?? '/', 'http://localhost').pathname, dataFolder);
		response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
		try {
			response.end(await readFile(path));
		} catch {
			response.writeHead(404).end();
		}
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	return {
		origin: `http://127.0.0.1:${port}`,
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
