/** The curves of loss and accuracy; each element has role `img`, and a label that tells the curve in words. */
import { label } from '../language/index.mjs';
import { percent } from '../page/numbers.mjs';
import { axis, colour, createChart, epochLine } from './chart.mjs';

/** @param session Has the curve of all batches and the logs of all epochs. */
export function createLossChart(parent, session) {
	const options = {
		scales: { x: { time: false }, y: { range: (_, __, largest) => [0, largest > 0 ? 1.05 * largest : 2.5] } },
		axes: [axis('chart.batch', { size: 32, space: 60 }), axis('loss')],
		series: [
			{},
			{ stroke: colour('--fine'), width: 1, points: { show: false } },
			{ ...epochLine('--accent', () => session.logs.length), spanGaps: true },
		],
	};
	const draw = createChart(parent, options, () => {
		const { points, positions } = session.curve;
		const { logs } = session;
		const means = new Array(points.length).fill(null);
		// An epoch's mean stands in the middle of its batches.
		for (const [i, { loss }] of logs.entries()) means[Math.floor(((i + 0.5) * points.length) / logs.length)] = loss;
		return [positions, points, means];
	});
	const tell = () => {
		const { logs } = session;
		if (logs.length === 0) return label(parent, 'chart.loss.none');
		const [first, last] = [logs[0], logs.at(-1)];
		label(parent, 'chart.loss.now', { first: first.loss.toFixed(3), last: last.loss.toFixed(3), epoch: last.epoch });
	};
	return () => {
		tell();
		draw();
	};
}

export function createAccuracyChart(parent, session) {
	const { scales, axes } = accuracyOptions();
	const test = { ...epochLine('--positive', () => session.logs.length), dash: [7, 4] };
	const series = [{}, epochLine('--accent', () => session.logs.length), test];
	const draw = createChart(parent, { scales, axes, series }, () => {
		const { logs } = session;
		return [logs.map((_, i) => i + 1), logs.map((log) => log.accuracy), logs.map((log) => log.validationAccuracy)];
	});
	return () => {
		const log = session.logs.at(-1);
		if (log) {
			const [train, testAccuracy] = [percent(log.accuracy), percent(log.validationAccuracy)];
			label(parent, 'chart.accuracy.now', { epoch: log.epoch, train, test: testAccuracy });
		} else label(parent, 'chart.accuracy.none');
		draw();
	};
}

function accuracyOptions() {
	const incrs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
	const values = (_, ticks) => ticks.map((tick) => `${Math.round(100 * tick)} %`);
	const lowest = (_, least) => [Math.min(0.6, Math.floor(10 * (least ?? 1)) / 10), 1];
	return {
		scales: { x: { time: false, range: (_, __, last) => [0.5, Math.max(2, last ?? 0) + 0.5] }, y: { range: lowest } },
		axes: [axis('epoch', { size: 32, space: 40, incrs }), axis('chart.accuracy', { size: 60, values })],
	};
}
