import { argmax, softmax } from 'softmax-simd';
import { applyLinear, scaleImage } from './step.mjs';

/** What several cards show of a model and an image. */
export function describeSample(given) {
	const input = scaleImage(given.image);
	const { products, logits } = applyLinear(given, input);
	const probabilities = softmax(logits);
	const [height, width] = given.inputShape.length === 2 ? given.inputShape : [1, input.length];
	return { ...given, input, products, logits, probabilities, predicted: argmax(logits), height, width };
}
