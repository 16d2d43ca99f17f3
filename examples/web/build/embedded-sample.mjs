/** The sample inside the page, for the page that is one file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNames } from './file-names.mjs';

const name = 'virtual:embedded-sample';

/** @param folder Nothing where the sample lies beside the page. */
export function embeddedSample(folder) {
	return {
		name: 'embedded-sample',
		resolveId: (id) => (id === name ? `\0${name}` : undefined),
		async load(id) {
			if (id !== `\0${name}`) return undefined;
			if (!folder) return 'export default undefined';
			const texts = await Promise.all(fileNames.map((file) => readFile(join(folder, file), 'base64')));
			return `export default ${JSON.stringify(Object.fromEntries(fileNames.map((file, i) => [file, texts[i]])))}`;
		},
	};
}
