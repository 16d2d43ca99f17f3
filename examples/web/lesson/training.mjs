/** What the reader does to a copy of the model: steps on one image, without any effect on the page's own model. */
import { computeLoss, takeStep } from './step.mjs';

/** Starts over where the model or the image is another one; else the steps taken so far are kept. */
export function followSample(training, sample) {
	const isSame =
		training?.sample.label === sample.label &&
		['weight', 'bias', 'image'].every((name) => areEqual(training.sample[name], sample[name]));
	const isSameRate = training?.sample.learningRate === sample.learningRate;
	const learningRate = isSameRate ? training.learningRate : sample.learningRate;
	return isSame ? { ...training, sample, learningRate } : startTraining(sample, learningRate);
}

export function startTraining(sample, learningRate) {
	return { sample, learningRate, weights: { weight: sample.weight, bias: sample.bias }, history: [] };
}

/** Where the training stands: probabilities, gradient and loss, and what a step would make of the weights and the loss. */
export function lookAhead({ sample, weights, learningRate }) {
	const now = computeLoss(weights, sample.input, sample.label);
	const stepped = takeStep(weights, sample.input, now.difference, learningRate);
	return { now, stepped, next: computeLoss(stepped, sample.input, sample.label) };
}

/** The training after one more step. */
export function advance(training) {
	const { now, stepped, next } = lookAhead(training);
	const history =
		training.history.length > 0 ? training.history : [{ loss: now.loss, probabilities: now.probabilities }];
	return {
		...training,
		weights: stepped,
		history: [...history, { loss: next.loss, probabilities: next.probabilities }],
	};
}

/** The brightest pixel, one of middle brightness and a black one, where there are such. */
export function choosePixels(input) {
	const inked = Array.from(input.keys())
		.filter((pixel) => input[pixel] > 0)
		.sort((a, b) => input[b] - input[a]);
	const black = input.indexOf(0);
	return [...new Set([inked[0], inked[inked.length >> 1], black])].filter((pixel) => pixel >= 0);
}

/** The most probable class that is not the true one. */
export function findRival(probabilities, label) {
	const others = Array.from(probabilities.keys()).filter((row) => row !== label);
	return others.reduce((best, row) => (probabilities[row] > probabilities[best] ? row : best));
}

function areEqual(a, b) {
	return a.length === b.length && a.every((value, index) => value === b[index]);
}
