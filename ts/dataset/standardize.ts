/** The scaling that gives every feature mean 0 and standard deviation 1. */

import type { Inputs, UnlabelledDataset } from '../api/types.js';
import { isDataset, readDataset } from './dataset.js';

/** Options of `createTrainer` that scale inputs: x' = x · inputScale + inputShift. D features. */
export interface Standardization {
	/** `[D]`: 1 / σ; 1 for a constant feature. */
	inputScale: Float32Array;
	/** `[D]`: −μ / σ. */
	inputShift: Float32Array;
}

/** Rows read at a time. */
const ROWS = 1024;

/**
 * Computes mean μ and standard deviation σ of every feature over all samples, in float64. σ is that of the population, as in
 * scikit-learn's StandardScaler.
 *
 * @param dataset inputs, `[count · D]` or one array of D numbers per sample, or a dataset with such inputs. Not changed.
 * @throws InvalidTypeError, InvalidValueError naming the wrong field, and the row and column of a wrong value
 * @see Welford 1962, "Note on a Method for Calculating Corrected Sums of Squares and Products"
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
			// Welford's update loses no digits where values are large and differ little.
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
