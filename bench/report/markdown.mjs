/** results.md. */
import { summarise } from './summary.mjs';
import * as tables from './tables.mjs';
import { trainingTable } from './training.mjs';

/** Title of every part, how to read it, and its table. */
const sections = {
	training: [
		'Training on Fashion-MNIST',
		'60,000 × 784 uint8, 10 classes, batch 256, learning rate 0.1, reshuffled every epoch, one thread each. Medians and least of epochs after warm-up, measured in turns. ' +
			"“Of peak” is the share of what one core does at most with that arithmetic in WebAssembly's SIMD128; native peers and plain JavaScript have other limits. " +
			'The loss of the first epoch shows that all do the same work.',
		(runs, { peak }) => trainingTable(summarise(runs, 'fashion-mnist', peak)),
	],
	embeddings: [
		'Training on float32 embeddings',
		'20,000 × 512 float32, 10 classes, the same recipe.',
		(runs, { peak }) => trainingTable(summarise(runs, 'embeddings', peak), { withLoss: false }),
	],
	accuracy: [
		'Accuracy',
		'The plain recipe; what differs between seeds is the noise of the last steps.',
		tables.accuracyTable,
	],
	timeToAccuracy: ['Time to accuracy', 'Time of training alone, with Trainer.', tables.timeToAccuracyTable],
	inference: [
		'Evaluate and predict',
		'60,000 images; predict also gives the names and all probabilities.',
		tables.inferenceTable,
	],
	shapes: [
		'Many classes and features',
		'What a multiply-add costs, set against the 60,000 × 784 × 10 of Fashion-MNIST in the same minutes. Where C · D is small the softmax and the batch as such count.',
		tables.shapesTable,
	],
	sampleCounts: ['Many samples', 'The cost of a sample, from a thousand to a million.', tables.sampleCountsTable],
	memory: ['Memory', 'Whole Node processes, each started for this alone.', tables.memoryTable],
	example: [
		'The example',
		'From the start of its process to its end: loading, ten epochs, four pictures.',
		tables.exampleTable,
	],
	mainThread: [
		'The page while it trains',
		'A trainer with all callbacks takes the 47 MB and trains on them.',
		tables.mainThreadTable,
	],
	size: ['Size', 'What a page loads: kernel, worker and Comlink are inside.', tables.sizeTable],
	peak: ['Peak', 'The inner loop of a perfect tile, best of many bursts.', tables.peakTable],
};

function section(name, results) {
	const [title, explanation, toTable] = sections[name];
	const result = results[name];
	const body = result.reason ? `not available (${result.reason})` : toTable(result, results);
	return `## ${title}\n\n${explanation}\n\n${body}`;
}

export function toMarkdown(results) {
	const { date, machine, versions, quick, seconds } = results;
	const minutes = Object.values(seconds).reduce((sum, part) => sum + part, 0) / 60;
	const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
	const intro = [
		`# Results of ${date}`,
		`${machine}. ${software.join(', ')}. Measured in ${minutes.toFixed(1)} minutes${quick ? ', a quick run: too short to be quoted' : ''}.`,
		'Machines are noisy: compare what stands in one table, by ratio.',
	];
	const names = Object.keys(sections).filter((name) => name in results);
	return `${[...intro, ...names.map((name) => section(name, results))].join('\n\n')}\n`;
}
