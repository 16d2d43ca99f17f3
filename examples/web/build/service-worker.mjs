/** Writes the service worker of a built page, with the list of its files and a version by their content. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export function serviceWorker() {
	let publicDir;
	return {
		name: 'service-worker',
		apply: 'build',
		enforce: 'post',
		configResolved(config) {
			publicDir = config.publicDir;
		},
		async generateBundle(_, bundle) {
			const hash = createHash('sha256');
			for (const file of Object.values(bundle)) hash.update(file.fileName).update(file.code ?? file.source);
			const names = publicDir ? (await readdir(publicDir)).filter((name) => name.endsWith('.gz')) : [];
			for (const name of names) hash.update(await readFile(join(publicDir, name)));
			const source = await readFile(join(import.meta.dirname, 'service-worker.template.js'), 'utf8');
			const files = ['./', ...Object.keys(bundle), ...names];
			this.emitFile({
				type: 'asset',
				fileName: 'service-worker.js',
				source: source.replace('FILES', JSON.stringify(files)).replace('VERSION', hash.digest('hex').slice(0, 16)),
			});
		},
	};
}
