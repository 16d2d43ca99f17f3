/** The official files of Fashion-MNIST, made from Debian's: they differ in the gzip header only, which lost name and time. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianDataset } from '../../scripts/tools.mjs';
import type { FashionMnistFileName } from '../../ts/loaders/files.js';

export const hasOfficialFiles = existsSync(debianDataset);

/** When they were compressed, in seconds since 1970. */
const times: Record<FashionMnistFileName, number> = {
	'train-images-idx3-ubyte': 1_504_176_606,
	'train-labels-idx1-ubyte': 1_504_176_606,
	't10k-images-idx3-ubyte': 1_504_176_627,
	't10k-labels-idx1-ubyte': 1_504_176_627,
};

export function officialFile(name: FashionMnistFileName): Buffer {
	const file = readFileSync(join(debianDataset, `${name}.gz`));
	const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, file[8], file[9]]);
	header.writeUInt32LE(times[name], 4);
	return Buffer.concat([header, Buffer.from(`${name}\0`), file.subarray(10)]);
}
