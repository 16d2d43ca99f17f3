/** What folder.mjs prints. */

function percent(fraction) {
	return `${(100 * fraction).toFixed(1)} %`;
}

export function describeData({ labels, inputShape, classNames }, folder) {
	const counts = classNames.map((className) => `${className} ${labels.filter((label) => label === className).length}`);
	const colours = inputShape.length === 3 ? 'RGB' : 'gray';
	return `${labels.length} images in ${folder}, ${inputShape[0]} × ${inputShape[1]} ${colours}: ${counts.join(', ')}`;
}

function heldOut({ validationLoss, validationAccuracy }) {
	if (validationLoss === undefined) return '';
	return `; held out: loss ${validationLoss.toFixed(4)}, accuracy ${validationAccuracy.toFixed(4)}`;
}

export function describeEpoch(log) {
	return `epoch ${log.epoch}: loss ${log.loss.toFixed(4)}, accuracy ${log.accuracy.toFixed(4)}${heldOut(log)}`;
}

/** The epoch that was kept: the best, where images were held out, else the last. */
export function describeResult({ epochs, bestEpoch, stoppedBy }, model) {
	const kept = epochs.find(({ epoch }) => epoch === bestEpoch) ?? epochs.at(-1);
	const early = stoppedBy === 'earlyStopping' ? ', stopped as it got no better' : '';
	return `${describeEpoch(kept)} (of ${epochs.length}${early}) is kept in ${model}`;
}

export function describePrediction(path, top) {
	return `${path}: ${top.map(({ className, probability }) => `${className} ${percent(probability)}`).join(', ')}`;
}
