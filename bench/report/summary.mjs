/** From the milliseconds of every epoch to what the tables say. */
import { multiplyAdds, shapes } from '../recipe.mjs';
import { median } from '../statistics.mjs';
import { numpyName } from '../systems/index.mjs';

/** Which of the measured peaks limits an arithmetic; the native peers are not limited by 128 bits. */
const peakOf = { fixed16: 'int16', float32: 'float32' };

function summariseRun({ epochs, arithmetic, ...row }, shape, peak) {
	const milliseconds = median(epochs);
	const gigaMacs = multiplyAdds(shape) / (milliseconds * 1e6);
	return {
		...row,
		arithmetic,
		milliseconds,
		least: Math.min(...epochs),
		samplesPerSecond: (shape.samples / milliseconds) * 1000,
		gigaMacs,
		shareOfPeak: gigaMacs / peak?.[peakOf[arithmetic]],
	};
}

/**
 * @param runs of a rotation.
 * @param data name of its data set.
 * @param peak 10⁹ multiply-adds a second, as measured.
 * @returns `{ rows, missing }`: the fastest first, and those that could not run.
 */
export function summarise(runs, data, peak) {
	const ran = runs.filter(({ reason }) => !reason).map((run) => summariseRun(run, shapes[data], peak));
	ran.sort((a, b) => a.milliseconds - b.milliseconds);
	const bestPeer = ran.find(({ ours }) => !ours)?.milliseconds;
	const numpy = ran.find(({ name }) => name === numpyName)?.milliseconds;
	const rows = ran.map((row) => ({
		...row,
		toBestPeer: row.milliseconds / bestPeer,
		toNumpy: row.milliseconds / numpy,
	}));
	return { rows, missing: runs.filter(({ reason }) => reason) };
}
