/** What both charts share, drawn by uPlot in the page's own colours. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onLanguageChange, translate } from '../language/index.mjs';

const darkMode = matchMedia('(prefers-color-scheme: dark)');

/** uPlot asks at every drawing, so that colours follow the page's when they change. */
export const colour = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(name);

export function axis(key, values) {
	const line = { stroke: colour('--border'), width: 1 };
	return {
		key,
		label: translate(key),
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

/** @returns what draws again, at the next frame */
export function createChart(parent, options, getData) {
	const size = () => ({ width: parent.clientWidth, height: parent.clientHeight });
	const cursor = { show: false };
	const legend = { show: false };
	const plot = new uPlot({ ...size(), cursor, legend, ...options }, getData(), parent);
	let wanted = 0;
	const draw = () => {
		cancelAnimationFrame(wanted);
		wanted = requestAnimationFrame(() => plot.setData(getData()));
	};
	new ResizeObserver(() => plot.setSize(size())).observe(parent);
	darkMode.addEventListener('change', draw);
	onLanguageChange(() => {
		for (const one of plot.axes) one.label = translate(one.key);
		plot.redraw(false, true);
	});
	return draw;
}

/** A line with a dot per epoch, as long as dots can be told apart. */
export function epochLine(name, countEpochs) {
	const points = { show: () => countEpochs() <= 50, size: 6, fill: colour(name) };
	return { stroke: colour(name), width: 2.5, points };
}
