/**
 * The formulas in the plainest float64, to hold kernels against. B samples, D features, C classes; all row-major and
 * flat: x `[B, D]`, targets `[B, C]`, weight `[C, D]`, bias `[C]`. Sizes follow from the lengths.
 */

export interface LossAndGradient {
	/** Mean over the batch. */
	loss: number;
	/** dL/dW `[C, D]`. */
	weight: Float64Array;
	/** dL/db `[C]`. */
	bias: Float64Array;
	/** Samples whose largest logit is the target's largest. */
	correct: number;
}

/** Z = X Wᵀ + b, `[B, C]`. */
export function logits(x: ArrayLike<number>, weight: ArrayLike<number>, bias: ArrayLike<number>): Float64Array {
	const [classes, features] = [bias.length, weight.length / bias.length];
	return Float64Array.from({ length: (x.length / features) * classes }, (_, i) => {
		const [sample, c] = [Math.floor(i / classes), i % classes];
		let sum = bias[c];
		for (let d = 0; d < features; d++) sum += x[sample * features + d] * weight[c * features + d];
		return sum;
	});
}

/** log softmax of one row: z − max − log Σ exp(z − max). */
export function logSoftmax(row: ArrayLike<number>): Float64Array {
	const largest = Math.max(...Array.from(row));
	const sum = Array.from(row).reduce((total, value) => total + Math.exp(value - largest), 0);
	return Float64Array.from(row, (value) => value - largest - Math.log(sum));
}

/** L = mean −Σ Y log P; dZ = (P − Y) / B; dW = dZᵀ X; db = Σ dZ. */
export function lossAndGradient(
	x: ArrayLike<number>,
	targets: ArrayLike<number>,
	weight: ArrayLike<number>,
	bias: ArrayLike<number>,
): LossAndGradient {
	const [classes, features] = [bias.length, weight.length / bias.length];
	const batch = x.length / features;
	const z = logits(x, weight, bias);
	const y = Float64Array.from(targets);
	const result = { loss: 0, weight: new Float64Array(weight.length), bias: new Float64Array(classes), correct: 0 };
	for (let sample = 0; sample < batch; sample++) {
		const row = (values: Float64Array) => values.subarray(sample * classes, (sample + 1) * classes);
		const logP = logSoftmax(row(z));
		result.correct += indexOfLargest(row(z)) === indexOfLargest(row(y)) ? 1 : 0;
		for (let c = 0; c < classes; c++) {
			result.loss -= (row(y)[c] * logP[c]) / batch;
			const dz = (Math.exp(logP[c]) - row(y)[c]) / batch;
			result.bias[c] += dz;
			for (let d = 0; d < features; d++) result.weight[c * features + d] += dz * x[sample * features + d];
		}
	}
	return result;
}

/** v − learningRate · gradient, as a new array. */
export function sgdStep(
	values: ArrayLike<number>,
	gradient: ArrayLike<number>,
	learningRate: number,
): Float64Array<ArrayBuffer> {
	return Float64Array.from(values, (value, i) => value - learningRate * gradient[i]);
}

/** One-hot rows `[B, C]` of class indices `[B]`. */
export function oneHotRows(labels: ArrayLike<number>, classes: number): Float64Array {
	const rows = new Float64Array(labels.length * classes);
	for (let i = 0; i < labels.length; i++) rows[i * classes + labels[i]] = 1;
	return rows;
}

function indexOfLargest(values: Float64Array): number {
	return values.indexOf(Math.max(...values));
}
