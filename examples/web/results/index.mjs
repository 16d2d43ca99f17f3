/** What the model says about the test images. */
import { classificationReport } from 'softmax-simd/metrics';
import { createConfusion } from './confusion.mjs';
import { createPredictions } from './predictions.mjs';
import { createScores } from './scores.mjs';
import { createTemplates } from './templates.mjs';

/** @param choose Called with the index of a test image that is to be explained. */
export function createResults(session, choose) {
	let of;
	let report;

	/** Made once for every prediction, and only when somebody asks. */
	function getReport() {
		const { prediction, data } = session;
		if (!prediction) return undefined;
		if (of !== prediction) {
			report = classificationReport(prediction.probabilities, data.test.labels, { classNames: data.classNames });
			of = prediction;
		}
		return report;
	}

	createTemplates(session);
	createPredictions(session, choose);
	createConfusion(session, getReport, choose);
	createScores(session, getReport);
}
