/** Made-up samples, the same in every engine. */

/**
 * A value in [−1, 1] that looks like no pattern.
 *
 * @param {number} index
 */
export function value(index) {
	return (Math.imul(index, 2_654_435_761) >>> 8) / 2 ** 23 - 1;
}

/**
 * Float32 samples whose class shows in the inputs.
 *
 * @param {number} count
 * @param {number} features
 * @param {number} classes
 */
export function floats(count, features, classes) {
	const labels = Array.from({ length: count }, (_, row) => row % classes);
	const inputs = Float32Array.from({ length: count * features }, (_, index) => {
		const row = Math.floor(index / features);
		return value(index) * 0.5 + ((index % features) % classes === row % classes ? 1 : 0);
	});
	return { inputs, labels };
}

/**
 * The same as bytes.
 *
 * @param {number} count
 * @param {number} features
 * @param {number} classes
 */
export function bytes(count, features, classes) {
	const { inputs, labels } = floats(count, features, classes);
	return { inputs: Uint8Array.from(inputs, (input) => Math.round((input + 0.5) * 127)), labels };
}
