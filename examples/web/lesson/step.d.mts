interface Parameters {
	weight: ArrayLike<number>;
	bias: ArrayLike<number>;
}

interface Loss {
	probabilities: number[];
	difference: number[];
	loss: number;
}

export function scaleImage(image: Uint8Array): Float64Array;
export function applyLinear(weights: Parameters, input: Float64Array): { products: number[]; logits: number[] };
export function computeLoss(weights: Parameters, input: Float64Array, label: number): Loss;
export function takeStep(
	weights: Parameters,
	input: Float64Array,
	difference: readonly number[],
	learningRate: number,
): { weight: Float64Array; bias: Float64Array };
