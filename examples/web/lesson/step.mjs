/** One training step on one image in plain float64 JavaScript: what the kernel does for a whole batch at once. */
import { crossEntropy, softmax } from 'softmax-simd';

/** @typedef {{ weight: ArrayLike<number>, bias: ArrayLike<number> }} Parameters */

/**
 * Bytes as the numbers that the model sees: x' = x / 255.
 *
 * @param {Uint8Array} image
 */
export function scaleImage(image) {
	return Float64Array.from(image, (byte) => byte / 255);
}

/**
 * The parts of every logit: `products` are w_c · x, `logits` are w_c · x + b_c.
 *
 * @param {Parameters} weights
 * @param {Float64Array} input
 */
export function applyLinear({ weight, bias }, input) {
	const products = Array.from(bias, (_, row) => dot(weight, row * input.length, input));
	return { products, logits: products.map((product, row) => product + bias[row]) };
}

/**
 * Loss and gradient `difference` = P − Y; that of weight [c, j] is difference[c] · input[j], that of bias [c] difference[c].
 *
 * @param {Parameters} weights
 * @param {Float64Array} input
 * @param {number} label
 */
export function computeLoss(weights, input, label) {
	const { logits } = applyLinear(weights, input);
	const probabilities = softmax(logits);
	const difference = probabilities.map((probability, row) => probability - (row === label ? 1 : 0));
	return { probabilities, difference, loss: crossEntropy(probabilities, label) };
}

/**
 * New weights, W − learningRate · (P − Y) xᵀ and b − learningRate · (P − Y).
 *
 * @param {Parameters} weights
 * @param {Float64Array} input
 * @param {readonly number[]} difference
 * @param {number} learningRate
 */
export function takeStep({ weight, bias }, input, difference, learningRate) {
	return {
		weight: Float64Array.from(weight, (value, index) => {
			const row = Math.floor(index / input.length);
			return value - learningRate * difference[row] * input[index % input.length];
		}),
		bias: Float64Array.from(bias, (value, row) => value - learningRate * difference[row]),
	};
}

/**
 * @param {ArrayLike<number>} weight
 * @param {number} from
 * @param {Float64Array} input
 */
function dot(weight, from, input) {
	let sum = 0;
	for (let j = 0; j < input.length; j++) sum += weight[from + j] * input[j];
	return sum;
}
