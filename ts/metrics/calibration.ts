/** Whether a model is right as often as it says. */

/** As many as in the paper. */
const BINS = 15;

/**
 * Expected calibration error: samples are sorted into 15 bins of equal width by confidence, the largest probability;
 * Σ over bins of (samples in the bin / N) · |accuracy in the bin − mean confidence in the bin|. Bin m holds confidences
 * above (m − 1)/15 and up to m/15.
 *
 * @param confidences `[N]`, from 0 to 1.
 * @param isCorrect whether the prediction for that sample is right.
 * @returns From 0, well calibrated, to 1.
 * @see Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3: https://arxiv.org/abs/1706.04599
 */
export function expectedCalibrationError(confidences: Float32Array, isCorrect: (sample: number) => boolean): number {
	// accuracy − confidence, times the bin's samples: these cancel against the weight.
	const gaps = new Float64Array(BINS);
	for (let row = 0; row < confidences.length; row++) {
		const bin = Math.min(Math.max(Math.ceil(confidences[row] * BINS) - 1, 0), BINS - 1);
		gaps[bin] += (isCorrect(row) ? 1 : 0) - confidences[row];
	}
	return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / confidences.length;
}
