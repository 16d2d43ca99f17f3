/** The full Fashion-MNIST beside the page, where this machine has it. */
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNames } from './file-names.mjs';

export function fullSet(folder) {
	const isThere = fileNames.every((name) => existsSync(join(folder, name)));

	function serve(request, response, next) {
		const name = fileNames.find((file) => request.url.split('?')[0].endsWith(`/full/${file}`));
		if (!name || !isThere) return next();
		response.setHeader('Content-Type', 'application/gzip');
		createReadStream(join(folder, name)).pipe(response);
	}

	return {
		name: 'full-set',
		configureServer: (server) => void server.middlewares.use(serve),
		async writeBundle({ dir }) {
			if (!isThere) return;
			await mkdir(join(dir, 'full'), { recursive: true });
			for (const name of fileNames) await copyFile(join(folder, name), join(dir, 'full', name));
		},
	};
}
