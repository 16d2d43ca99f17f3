/**
 * Measures the recipes of docs/guides/embeddings.md on real texts and writes bench/results/recipes.md.
 *
 *   npm run build && node bench/recipes/run.mjs [FOLDER]
 *
 * FOLDER keeps what is downloaded and the embeddings (default out/recipes). PYTHON chooses the Python.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readNpy } from 'softmax-simd/formats';
import { classificationReport } from 'softmax-simd/metrics';
import { root } from '../../scripts/tools.mjs';
import { recipes, variations } from './recipes.mjs';
import { toMarkdown } from './report.mjs';
import { prepare } from './setup.mjs';

const folder = resolve(process.argv[2] ?? `${root}out/recipes`);

/** @returns a dataset: these rows of the embeddings, and their classes. */
function select({ data, shape: [, features] }, { rows, labels }) {
	const inputs = new Float32Array(rows.length * features);
	rows.forEach((row, i) => {
		inputs.set(data.subarray(row * features, (row + 1) * features), i * features);
	});
	return { inputs, labels, inputShape: [features] };
}

/** @returns by the name of the row, a report for every split. */
async function measure(task, embeddings) {
	const measured = {};
	for (const [name, predict] of Object.entries({ ...recipes, ...variations })) {
		measured[name] = [];
		for (const [number, split] of task.splits.entries()) {
			const [train, test] = [select(embeddings, split.train), select(embeddings, split.test)];
			const probabilities = await predict({ folder, task, number, train, test });
			measured[name].push(classificationReport(probabilities, test.labels, { classNames: task.classNames }));
		}
	}
	return measured;
}

prepare(folder);
const embeddings = readNpy(readFileSync(`${folder}/embeddings.npy`));
const results = [];
for (const task of JSON.parse(readFileSync(`${folder}/tasks.json`, 'utf8'))) {
	const [{ train, test }] = task.splits;
	results.push({
		title: task.title,
		train: train.rows.length,
		test: test.rows.length,
		splits: task.splits.length,
		measured: await measure(task, embeddings),
	});
}
const markdown = toMarkdown(results);
writeFileSync(`${root}bench/results/recipes.md`, markdown);
console.log(markdown);
