/** What train.mjs prints. */

function whole(number) {
	return Math.round(number).toLocaleString('en-US');
}

function seconds(milliseconds) {
	return `${(milliseconds / 1000).toFixed(2)} s`;
}

function count(number, noun) {
	return `${whole(number)} ${noun}${number === 1 ? '' : noun === 'batch' ? 'es' : 's'}`;
}

function shapeOf(array, ...shape) {
	return `${array.constructor.name} [${shape.join(', ')}]`;
}

function imagesAndLabels({ inputs, labels, inputShape }, count) {
	return `inputs ${shapeOf(inputs, count, ...inputShape)}, labels ${shapeOf(labels, count)}`;
}

/** Where the data is from, and the shapes and types of all of it and of one batch. */
export function describeData({ train, test, name, source, failures }, { batchSize }) {
	const batch = Math.min(batchSize, train.labels.length);
	const names = Array.from(train.labels.subarray(0, 5), (label) => train.classNames[label]);
	return [
		`data      ${name}: ${source}`,
		...failures.map((failure) => `          since not ${failure}`),
		`classes   ${train.classNames.map((className, index) => `${index} ${className}`).join(', ')}`,
		`train     ${imagesAndLabels(train, train.labels.length)}`,
		`test      ${imagesAndLabels(test, test.labels.length)}`,
		`a batch   ${imagesAndLabels(train, batch)}; unshuffled it begins ${names.join(', ')}`,
	].join('\n');
}

/** The model and the recipe. */
export function describeTraining({ train }, precision, { epochs, batchSize, learningRate, seed }) {
	const features = train.inputShape.reduce((product, size) => product * size, 1);
	const classes = train.classNames.length;
	const batches = Math.ceil(train.labels.length / batchSize);
	return [
		`model     flatten, linear ${features} → ${classes} (${whole((features + 1) * classes)} parameters, ${precision}), softmax; weights from N(0, 0.01), seed ${seed}`,
		`training  ${count(epochs, 'epoch')} of ${count(batches, 'batch')}, learning rate ${learningRate}`,
	].join('\n');
}

export const tableHeader = '\nepoch  train loss  train accuracy  test accuracy      ms   samples/s';

/** One epoch's row below `tableHeader`. */
export function tableRow({ epoch, loss, accuracy, validationAccuracy, milliseconds, samplesPerSecond }) {
	return [
		String(epoch).padStart(5),
		loss.toFixed(4).padStart(12),
		accuracy.toFixed(4).padStart(16),
		validationAccuracy.toFixed(4).padStart(15),
		whole(milliseconds).padStart(8),
		whole(samplesPerSecond).padStart(12),
	].join('');
}

/** The last line. */
export function summary(history, { accuracy, correct, count: all }, trainingMilliseconds, allMilliseconds) {
	const length = count(history.epochs.length, 'epoch') + (history.stoppedBy === 'stop' ? ', stopped early' : '');
	const result = `test accuracy ${accuracy.toFixed(4)} (${whole(correct)} of ${whole(all)})`;
	return `${result} after ${length}; training ${seconds(trainingMilliseconds)}, total ${seconds(allMilliseconds)}`;
}
