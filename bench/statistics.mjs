/** The few numbers that many become. */

export function median(values) {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function mean(values) {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The first quartile, the median and the third quartile, interpolated between the values that they lie between. */
export function quartiles(values) {
	const sorted = values.toSorted((a, b) => a - b);
	return [0.25, 0.5, 0.75].map((fraction) => {
		const position = fraction * (sorted.length - 1);
		const below = Math.floor(position);
		const above = Math.min(sorted.length - 1, below + 1);
		return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
	});
}
