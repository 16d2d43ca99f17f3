/** The scaling that gives every feature mean 0 and standard deviation 1. */

import type { Inputs, UnlabelledDataset } from '../api/types.js';
import { isDataset, readDataset } from './dataset.js';

/** What `createTrainer` takes to scale its inputs: x' = x · inputScale + inputShift. */
export interface Standardization {
	/** `[D]`: 1 / σ; 1 for a feature that never changes. */
	inputScale: Float32Array;
	/** `[D]`: −μ / σ. */
	inputShift: Float32Array;
}

/** Rows read at a time. */
const ROWS = 1024;

/**
 * Measures every feature over all samples, as scikit-learn's StandardScaler does (σ is that of the population).
 *
 * @throws InvalidTypeError, InvalidValueError where the inputs are none
 */
export function standardize(dataset: UnlabelledDataset | Inputs): Standardization {
	const { inputs } = readDataset(isDataset(dataset) ? dataset : { inputs: dataset }, undefined, false);
	const { count, features } = inputs;
	const mean = new Float64Array(features);
	const deviations = new Float64Array(features);
	let seen = 0;
	for (let start = 0; start < count; start += ROWS) {
		const rows = inputs.read(start, Math.min(count, start + ROWS));
		for (let first = 0; first < rows.length; first += features) {
			seen++;
			// Welford's update: exact means of large values that differ little.
			for (let feature = 0; feature < features; feature++) {
				const difference = rows[first + feature] - mean[feature];
				mean[feature] += difference / seen;
				deviations[feature] += difference * (rows[first + feature] - mean[feature]);
			}
		}
	}
	const inputScale = Float32Array.from(deviations, (sum) => (sum > 0 ? Math.sqrt(count / sum) : 1));
	const inputShift = Float32Array.from(mean, (value, feature) => -value * inputScale[feature]);
	return { inputScale, inputShift };
}
