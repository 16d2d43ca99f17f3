/** The two curves, drawn by uPlot in the page's own colours. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** More would make drawing slow. */
const mostPoints = 4000;
const darkMode = matchMedia('(prefers-color-scheme: dark)');

/** uPlot asks at every drawing, so that colours follow the page's when they change. */
const colour = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(name);

function axis(label, values) {
	const line = { stroke: colour('--line'), width: 1 };
	return {
		label,
		labelSize: 20,
		size: 48,
		space: 45,
		stroke: colour('--muted'),
		font: '12px system-ui, sans-serif',
		labelFont: '12px system-ui, sans-serif',
		grid: line,
		ticks: line,
		...values,
	};
}

function size(parent) {
	return { width: parent.clientWidth, height: parent.clientHeight };
}

function createChart(parent, options, getData) {
	const cursor = { show: false };
	const legend = { show: false };
	const plot = new uPlot({ ...size(parent), cursor, legend, ...options }, getData(), parent);
	let wanted = 0;
	const draw = () => {
		cancelAnimationFrame(wanted);
		wanted = requestAnimationFrame(() => plot.setData(getData()));
	};
	new ResizeObserver(() => plot.setSize(size(parent))).observe(parent);
	darkMode.addEventListener('change', draw);
	return draw;
}

/** A line with a dot per epoch, as long as dots can be told apart. */
function thickLine(name, countEpochs) {
	const points = { show: () => countEpochs() <= 50, size: 6, fill: colour(name) };
	return { stroke: colour(name), width: 2.5, points };
}

const range = (length) => Array.from({ length }, (_, i) => i + 1);

/** The curve of all batches in some thousand points, of which each is the mean of as many batches as it takes. */
function createBatchCurve() {
	let points = [];
	let batchesPerPoint = 1;
	let waiting = [];

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
	};
}

/** @param parent An element with role `img`, whose label tells the curve in words. */
export function createLossChart(parent) {
	let batches = createBatchCurve();
	let epochs = [];
	const options = {
		scales: { x: { time: false }, y: { range: (_, __, largest) => [0, largest > 0 ? 1.05 * largest : 2.5] } },
		axes: [axis('batch', { size: 32, space: 60 }), axis('loss')],
		series: [
			{},
			{ stroke: colour('--fine'), width: 1, points: { show: false } },
			{ ...thickLine('--first', () => epochs.length), spanGaps: true },
		],
	};
	const draw = createChart(parent, options, () => {
		const { points, positions } = batches;
		const means = new Array(points.length).fill(null);
		// An epoch's mean stands in the middle of its batches.
		for (const [i, mean] of epochs.entries()) means[Math.floor(((i + 0.5) * points.length) / epochs.length)] = mean;
		return [positions, points, means];
	});
	return {
		add(batchLosses) {
			for (const loss of batchLosses) batches.add(loss);
			draw();
		},
		addEpoch({ loss }) {
			epochs.push(loss);
			parent.ariaLabel = `Loss: mean ${epochs[0].toFixed(3)} in the first epoch, ${loss.toFixed(3)} in epoch ${epochs.length}`;
			draw();
		},
		clear() {
			batches = createBatchCurve();
			epochs = [];
			parent.ariaLabel = 'Loss of every batch: nothing yet';
			draw();
		},
	};
}

/** @param parent An element with role `img`, whose label tells the curves in words. */
export function createAccuracyChart(parent) {
	let train = [];
	let test = [];
	const options = {
		scales: { x: { time: false, range: (_, __, last) => [0.5, Math.max(2, last ?? 0) + 0.5] }, y: { range: [0.4, 1] } },
		axes: [
			axis('epoch', { size: 32, space: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] }),
			axis('accuracy', { size: 60, values: (_, ticks) => ticks.map((tick) => `${Math.round(100 * tick)} %`) }),
		],
		series: [
			{},
			{ stroke: colour('--first'), width: 2.5, points: { show: true, size: 6, fill: colour('--first') } },
			{
				stroke: colour('--second'),
				width: 2.5,
				dash: [7, 4],
				points: { show: true, size: 6, fill: colour('--second') },
			},
		],
	};
	const draw = createChart(parent, options, () => [range(train.length), train, test]);
	return {
		add({ epoch, accuracy, validationAccuracy }) {
			train.push(accuracy);
			test.push(validationAccuracy);
			const percent = (value) => `${(100 * value).toFixed(1)} %`;
			parent.ariaLabel = `Accuracy after epoch ${epoch}: ${percent(accuracy)} train, ${percent(validationAccuracy)} test`;
			draw();
		},
		clear() {
			[train, test] = [[], []];
			parent.ariaLabel = 'Accuracy of every epoch: nothing yet';
			draw();
		},
	};
}
