/** The lesson in English. `…` is code, $…$ a formula. */
export default {
	class: 'Class',
	animals: ['cat', 'dog', 'duck'],
	labels: {
		title: 'A label is a one-hot vector',
		text: 'A classifier chooses one of several classes. The right answer, the label, is written as a vector: 1 for the true class, 0 for all others.',
		caption: 'Three classes as one-hot vectors',
		columns: ['Class', '$y$'],
		current: (/** @type {string} */ name, /** @type {number} */ index, /** @type {string} */ target) =>
			`The current image is “${name}”, class ${index} (counted from 0): $y$ = ${target}`,
	},
	flatten: {
		title: 'Flatten: an image becomes a row of numbers',
		text: 'Every pixel is a byte from 0 (black) to 255 (white). Divided by 255 it lies between 0 and 1. The rows of the image are put one after the other: of 28 × 28 pixels comes one vector $x$ of 784 numbers. The model does not know which pixels were neighbours.',
		choose: 'Row of the image',
		pictures: { grid: 'The current image', strip: 'The same pixels as one row', numbers: 'The numbers of the row' },
		caption: (/** @type {number} */ row, /** @type {number} */ first, /** @type {number} */ last) =>
			`Row ${row} becomes x[${first}] to x[${last}].`,
	},
	linear: {
		title: 'Linear: one score per class',
		text: 'Each class has its own weight for every pixel and one bias. Multiply every pixel by its weight, add it all up, add the bias: that is the logit $z_c$ of class $c$. It may be any number, and the largest one wins.',
		caption: 'The logits of the current image',
		bars: '$z_c$ as a bar',
		current: (/** @type {number} */ features, /** @type {number} */ classes, /** @type {string} */ name) =>
			`${classes} × ${features} weights and ${classes} biases are ${(classes * (features + 1)).toLocaleString('en')} numbers to learn. Right now “${name}” has the largest logit.`,
	},
	softmax: {
		title: 'Softmax: scores become probabilities',
		text: 'The exponential makes every logit positive; divided by their sum they are probabilities that add up to 1. The order stays the same. Change the three numbers: adding the same to all of them changes nothing.',
		logitOf: (/** @type {string} */ name) => `Logit of ${name}`,
		again: '2, 4, 6 again',
		exampleCaption: 'Softmax of the three numbers',
		imageCaption: 'Softmax of the current image’s logits',
		probabilityBars: '$P_c$ as a bar',
		decides: (/** @type {string} */ logits, /** @type {string} */ probabilities, /** @type {string} */ name) =>
			`softmax(${logits}) = (${probabilities}): the model says “${name}”.`,
		invalid: 'Softmax needs three numbers.',
		current: (/** @type {string} */ name, /** @type {string} */ probability) =>
			`The model says “${name}” with ${probability}.`,
	},
	loss: {
		title: 'Cross-entropy: what a mistake costs',
		text: 'The loss compares the probabilities with the one-hot label. Only the true class has a 1 there, so all that is left is −log of its probability (the natural logarithm): near 0 when the model is sure and right, large when it is sure and wrong.',
		truth: 'What the three numbers above really show',
		example: (/** @type {string} */ name, /** @type {string} */ probability, /** @type {string} */ loss) =>
			`If it is a ${name}: −log ${probability} = ${loss}`,
		caption: 'What a probability costs',
		columns: ['$P_truth$', '$−log P$', '$−log P$ as a bar'],
		current: (/** @type {string} */ name, /** @type {string} */ probability, /** @type {string} */ loss) =>
			`The current image is “${name}”, which has probability ${probability}: its loss is −log ${probability} = ${loss}.`,
		after: 'Training makes the mean of the losses of all training images small.',
	},
	accuracy: {
		title: 'Accuracy: how often it is right',
		text: 'The loss tells the model how to get better; the accuracy tells you how good it is. It only counts whether the most probable class is the true one. Change the predictions.',
		formulaText: 'accuracy = correct predictions / all predictions',
		caption: 'Four predictions',
		columns: ['Image', 'Truth', 'Prediction', 'Result'],
		predictionOf: (/** @type {number} */ number, /** @type {string} */ name) =>
			`Prediction for image ${number}, which is a ${name}`,
		right: 'right',
		wrong: 'wrong',
		answerText: (/** @type {number} */ correct, /** @type {number} */ count, /** @type {string} */ fraction) =>
			`${correct} of ${count} are right: ${fraction}`,
		current: (/** @type {string} */ prediction, /** @type {string} */ truth, /** @type {boolean} */ isRight) =>
			`The current image: prediction “${prediction}”, truth “${truth}”, which counts as ${isRight ? '1' : '0'}.`,
	},
	training: {
		title: 'One training step by hand',
		text: 'How should the weights change so that the loss of this image falls? The gradient says so, and for softmax with cross-entropy it is short: the probabilities $P$ minus the one-hot label $Y$, times the pixels. The step goes against it, as far as the learning rate η says.',
		meaning:
			'The true class has $P − Y$ below 0, so its weights grow where the image is bright; those of all other classes shrink there. Where a pixel is black, $x = 0$, nothing changes. The surer and righter the model, the smaller the step.',
		rate: 'Learning rate η',
		rateHint:
			'In training, a step follows the mean gradient of a whole batch. A step for one image alone takes it far: with 0.001 you see the loss fall slowly.',
		take: 'Take this step',
		reset: 'Reset',
		preview: (/** @type {string} */ before, /** @type {string} */ after, /** @type {string} */ name) =>
			`The loss of “${name}” is ${before} now; this step makes it ${after}.`,
		report: (/** @type {number} */ step, /** @type {string} */ before, /** @type {string} */ after) =>
			`Step ${step}: loss ${before} → ${after}`,
		wasReset: 'The model’s own weights are back.',
		lossCaption: 'The loss after each step',
		step: 'Steps taken',
		bars: '$L$ as a bar',
		biasCaption: 'Gradient and step of the biases',
		newBias: '$b − η (P − Y)$',
		weightCaption: 'Gradient and step of a few weights: of the true class and of its strongest rival',
		weight: 'Weight',
		newWeight: '$W − η · dW$',
	},
	pytorch: {
		title: 'The textbook’s PyTorch, line by line',
		text: 'Dive into Deep Learning, chapter 4, builds the same model in PyTorch. Each of its lines has a counterpart here.',
		caption: 'PyTorch and softmax-simd side by side',
		columns: ['What it does', 'PyTorch', 'softmax-simd'],
		names: {
			data: 'Load the data, pixels / 255',
			batches: 'Shuffled batches',
			model: 'Flatten and linear layer',
			weights: 'First weights',
			loss: 'Loss (part of fit)',
			optimizer: 'Optimizer (option of fit)',
			loop: 'Train for ten epochs',
			step: 'One step on one batch',
			accuracy: 'Accuracy',
			evaluate: 'Evaluate on test data',
			predict: 'Predict',
			parameters: 'Look at the weights',
			save: 'Save',
			load: 'Load',
		},
	},
};
