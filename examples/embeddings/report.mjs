/** What embeddings.mjs prints. */

function percent(fraction) {
	return `${(100 * fraction).toFixed(1)} %`;
}

function row(name, { precision, recall, f1 }, support) {
	const cells = [precision, recall, f1].map((value) => value.toFixed(3).padStart(10));
	return name.padEnd(14) + cells.join('') + support.toLocaleString('en-US').padStart(9);
}

export function describeNetwork({ filters, features }, { train, test }, milliseconds) {
	const count = (train.labels.length + test.labels.length).toLocaleString('en-US');
	return `${filters.length} random filters, ${features} features; ${count} images embedded in ${(milliseconds / 1000).toFixed(1)} s`;
}

/** Precision, recall and F1 by class, and the scores over all. */
export function reportTable({ classes, macroAverage, count, topKAccuracy, loss, expectedCalibrationError: error }) {
	return [
		`\n${'class'.padEnd(14)}${['precision', 'recall', 'F1'].map((name) => name.padStart(10)).join('')}   images`,
		...classes.map((scores) => row(scores.className, scores, scores.support)),
		row('mean', macroAverage, count),
		`\namong the three most probable ${percent(topKAccuracy)}, loss ${loss.toFixed(3)}, calibration error ${percent(error)}`,
	].join('\n');
}

/** The last line. */
export function comparison(pixels, embeddings) {
	return `test accuracy ${embeddings.accuracy.toFixed(4)} on embeddings, ${pixels.accuracy.toFixed(4)} on pixels`;
}
