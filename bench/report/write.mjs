import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartPng } from './chart.mjs';
import { toMarkdown } from './markdown.mjs';
import { summarise } from './summary.mjs';

/** Five digits are more than any of these measurements is worth. */
function roundNumbers(_key, value) {
	return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

/**
 * Writes results.json, results.md and results.png.
 *
 * @returns what is in results.md.
 */
export async function writeReport(results, folder) {
	await mkdir(folder, { recursive: true });
	const markdown = toMarkdown(results);
	await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, roundNumbers, '\t')}\n`);
	await writeFile(join(folder, 'results.md'), markdown);
	const { training, peak } = results;
	const { rows } = summarise(Array.isArray(training) ? training : [], 'fashion-mnist', peak);
	if (rows.length > 0) await writeFile(join(folder, 'results.png'), await chartPng(rows, results));
	return markdown;
}
