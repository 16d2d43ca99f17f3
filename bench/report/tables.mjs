/** The tables of all parts but training. Each takes the part's result and returns Markdown. */
import { mean, median } from '../statistics.mjs';
import { digits, millions, percent, ratio, table, whole } from './format.mjs';

/** A cell of a row that may have a reason instead of a value: the reason stands in the first of such cells. */
function orReason(cell) {
	return (row) => (row.reason ? `not available: ${row.reason}` : cell(row));
}

function orNothing(cell) {
	return (row) => (row.reason ? '' : cell(row));
}

export function accuracyTable(rows) {
	const seeds = (rows.find(({ accuracies }) => accuracies)?.accuracies ?? []).map((_, seed) => seed);
	return table(
		[
			['test accuracy after 10 epochs', ({ name }) => name],
			['mean', orReason(({ accuracies }) => percent(mean(accuracies), 2))],
			...seeds.map((seed) => [`seed ${seed}`, orNothing(({ accuracies }) => percent(accuracies[seed], 2))]),
		],
		rows,
	);
}

export function timeToAccuracyTable(rows) {
	const reached = ({ runs }) => runs.map(({ reachedAfter }) => reachedAfter).filter((time) => time !== null);
	return table(
		[
			['batch 64, learning rate 0.3 with cosine decay, 13 epochs', ({ precision }) => precision],
			['84.5 % reached by', orReason((row) => `${reached(row).length} of ${row.runs.length} seeds`)],
			['after, ms (median)', orNothing((row) => (reached(row).length > 0 ? whole(median(reached(row))) : '–'))],
			['all 13 epochs, ms', orNothing(({ runs }) => whole(median(runs.map(({ milliseconds }) => milliseconds))))],
			['accuracy at the end (mean)', orNothing(({ runs }) => percent(mean(runs.map(({ accuracy }) => accuracy)), 2))],
		],
		rows,
	);
}

export function inferenceTable(rows) {
	return table(
		[
			['million images a second, uploaded before', ({ facade, precision }) => `${facade}, ${precision}`],
			['evaluate', ({ evaluate }) => millions(evaluate)],
			['predict', ({ predict }) => millions(predict)],
		],
		rows,
	);
}

export function shapesTable(cells) {
	const batchSizes = [...new Set(cells.map(({ batchSize }) => batchSize))];
	const rows = cells.filter(({ batchSize }) => batchSize === batchSizes[0]);
	const cellOf = (row, batchSize) => {
		const same = ['inputs', 'precision', 'classes', 'features'];
		return cells.find((cell) => cell.batchSize === batchSize && same.every((key) => cell[key] === row[key]));
	};
	return table(
		[
			[
				'inputs, precision',
				({ inputs, precision, isDefault }) => `${inputs}, ${precision}${isDefault ? ' (auto)' : ''}`,
			],
			['C', ({ classes }) => whole(classes)],
			['D', ({ features }) => whole(features)],
			['samples', ({ samples }) => whole(samples)],
			...batchSizes.flatMap((batchSize) => [
				[`batch ${batchSize}: ms per epoch`, (row) => digits(cellOf(row, batchSize).milliseconds)],
				['ns per multiply-add', (row) => cellOf(row, batchSize).nanoseconds.toFixed(4)],
				['to Fashion-MNIST', (row) => ratio(cellOf(row, batchSize).ratio)],
			]),
		],
		rows,
	);
}

export function sampleCountsTable(rows) {
	return table(
		[
			['Uint8, D = 64, C = 10', ({ precision }) => precision],
			['samples', ({ samples }) => whole(samples)],
			['ns per sample', ({ nanoseconds }) => digits(nanoseconds)],
			['to 1,000 samples', ({ ratio: times }) => ratio(times)],
		],
		rows,
	);
}

export function memoryTable(rows) {
	return table(
		[
			['resident memory of the process, 10⁶ bytes', ({ name }) => name],
			['peak', orReason(({ peak }) => digits(peak))],
			['before', orNothing(({ before }) => digits(before))],
			['after', orNothing(({ after }) => digits(after))],
			['growth', orNothing(({ before, after }) => (before ? (after - before).toFixed(1) : '–'))],
		],
		rows,
	);
}

export function exampleTable(runs) {
	const times = runs.map(({ milliseconds }) => milliseconds / 1000);
	return table(
		[
			['`node examples/train.mjs` in all, s', ({ summary }) => summary],
			['median', () => median(times).toFixed(2)],
			['least', () => Math.min(...times).toFixed(2)],
		],
		[runs[0]],
	);
}

export function mainThreadTable(rows) {
	return table(
		[
			['longest gap on the main thread, ms', ({ name }) => name],
			['between frames, idle', orReason(({ idle }) => digits(idle.longestGap))],
			['while uploading and training', orNothing(({ training }) => digits(training.longestGap))],
			[
				'longest task over 50 ms',
				orNothing(({ training }) => (training.longestTask === 0 ? 'none' : digits(training.longestTask))),
			],
		],
		rows,
	);
}

export function sizeTable({ files, bytes, gzip }) {
	const kilobytes = (length) => (length / 1024).toFixed(1);
	return table(
		[
			['size, KB', () => files.join(', ')],
			['raw', () => kilobytes(bytes)],
			['gzip', () => kilobytes(gzip)],
		],
		[{}],
	);
}

export function peakTable({ float32, int16 }) {
	return table(
		[
			['peak of one core in SIMD128, 10⁹ multiply-adds a second', ({ name }) => name],
			['measured', ({ value }) => value.toFixed(1)],
		],
		[
			{ name: 'float32, multiply and add', value: float32 },
			{ name: 'int16, dot product', value: int16 },
		],
	);
}
