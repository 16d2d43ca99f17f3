/** Where the images come from. */
import { fileURLToPath } from 'node:url';
import { UsageError } from '../common/command-line.mjs';

const sample = {
	name: 'the sample of this example, a tenth of Fashion-MNIST',
	options: { folder: fileURLToPath(new URL('../sample', import.meta.url)) },
};

const everywhere = [
	{ name: "Debian's package dataset-fashion-mnist", options: { folder: '/usr/share/datasets/fashion-mnist' } },
	{ name: 'the official download, checked and cached', options: { download: true } },
	sample,
];

/**
 * Loads Fashion-MNIST from the folder that was asked for, or else from the best place there is.
 *
 * @param loadFashionMnist the package's loader.
 * @returns `{ train, test, name, source, failures }`; `failures` says why better places were passed over.
 */
export async function loadData({ data, sample: wantsSample }, loadFashionMnist) {
	if (data !== undefined) return loadFolder(data, loadFashionMnist);
	const failures = [];
	for (const { name, options } of wantsSample ? [sample] : everywhere) {
		try {
			return { ...(await loadFashionMnist(options)), name, failures };
		} catch (error) {
			if (error.code !== 'INVALID_FILE') throw error;
			failures.push(`${name}: ${error.message}`);
		}
	}
	throw new Error(`no data: ${failures.join('; ')}`);
}

async function loadFolder(folder, loadFashionMnist) {
	try {
		return { ...(await loadFashionMnist({ folder })), name: 'the folder of --data', failures: [] };
	} catch (error) {
		throw error.code === 'INVALID_FILE' ? new UsageError(`--data: ${error.message}`) : error;
	}
}
