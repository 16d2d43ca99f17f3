/** The loss of all batches in some thousand points, of which each is the mean of as many batches as it takes. */

/** More would make drawing slow. */
const mostPoints = 4000;

/** @param kept What `keep` gave. */
export function createBatchCurve({ points = [], batchesPerPoint = 1, waiting = [] } = {}) {
	function halve() {
		points = points.flatMap((value, i) => (i % 2 ? [(points[i - 1] + value) / 2] : []));
		batchesPerPoint *= 2;
	}

	return {
		add(loss) {
			waiting.push(loss);
			if (waiting.length < batchesPerPoint) return;
			points.push(waiting.reduce((a, b) => a + b) / batchesPerPoint);
			waiting = [];
			if (points.length === mostPoints) halve();
		},
		get points() {
			return points;
		},
		get positions() {
			return points.map((_, i) => (i + 1) * batchesPerPoint);
		},
		keep: () => ({ points: [...points], batchesPerPoint, waiting: [...waiting] }),
	};
}
