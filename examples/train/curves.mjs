/** Loss and accuracy over the epochs, in the manner of d2l.ai: three curves on one pair of axes. */
import { faint, ink, text, toPng } from './svg.mjs';

const width = 760;
const height = 460;
const plot = { left: 64, right: width - 28, top: 84, bottom: height - 56 };

const curves = [
	{ name: 'train loss', color: '#1d4ed8', dashes: '', measure: (log) => log.loss },
	{ name: 'train accuracy', color: '#c026d3', dashes: '8 5', measure: (log) => log.accuracy },
	{ name: 'test accuracy', color: '#15803d', dashes: '10 4 2 4', measure: (log) => log.validationAccuracy },
];

/** A step of 1, 2 or 5 times a power of ten that divides `span` into at most `most` parts. */
function niceStep(span, most) {
	const power = 10 ** Math.floor(Math.log10(span / most));
	return [1, 2, 5].map((factor) => factor * power).find((step) => span / step <= most) ?? 10 * power;
}

function scale(from, to, start, end) {
	return (value) => start + ((value - from) / (to - from)) * (end - start);
}

function ticks(from, to, step) {
	return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
}

function line(x1, y1, x2, y2, color) {
	return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${color}"/>`;
}

function verticalAxis(values) {
	const [least, most] = [Math.min(...values), Math.max(...values)];
	const step = niceStep(Math.max(most - least, 0.05), 8);
	const from = Math.floor(least / step) * step;
	const to = Math.max(Math.ceil(most / step) * step, from + step);
	const y = scale(from, to, plot.bottom, plot.top);
	const digits = Math.max(0, -Math.floor(Math.log10(step)));
	const marks = ticks(from, to, step).map(
		(value) =>
			line(plot.left, y(value), plot.right, y(value), faint) +
			text(plot.left - 10, y(value) + 4, value.toFixed(digits), { anchor: 'end' }),
	);
	return { y, axis: marks.join('') };
}

function horizontalAxis(epochs) {
	const [first, last] = [epochs[0], epochs[epochs.length - 1]];
	// A single epoch has no span: it goes to the middle.
	const x = first === last ? () => (plot.left + plot.right) / 2 : scale(first, last, plot.left, plot.right);
	const step = Math.max(1, niceStep(Math.max(last - first, 1), 12));
	const marks = epochs
		.filter((epoch) => epoch % step === 0 || epoch === first)
		.map(
			(epoch) =>
				line(x(epoch), plot.bottom, x(epoch), plot.bottom + 5, ink) + text(x(epoch), plot.bottom + 20, String(epoch)),
		);
	const axis = line(plot.left, plot.bottom, plot.right, plot.bottom, ink);
	return {
		x,
		axis: axis + marks.join('') + text((plot.left + plot.right) / 2, plot.bottom + 42, 'epoch', { size: 12 }),
	};
}

function legendEntry({ name, color, dashes, measure }, position, lastLog) {
	const left = plot.left + position * 220;
	const label = `${name} ${measure(lastLog).toFixed(3)}`;
	return (
		`<line x1="${left}" y1="58" x2="${left + 36}" y2="58" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dashes}"/>` +
		text(left + 44, 62, label, { anchor: 'start', size: 12 })
	);
}

/** @param logs the epochs of a history, at least one, each with `validationAccuracy`. */
export function curvesPng(logs) {
	const { y, axis: vertical } = verticalAxis(logs.flatMap((log) => curves.map(({ measure }) => measure(log))));
	const { x, axis: horizontal } = horizontalAxis(logs.map(({ epoch }) => epoch));
	const drawn = curves.map(({ color, dashes, measure }) => {
		const points = logs.map((log) => [x(log.epoch), y(measure(log))]);
		const dots =
			logs.length > 30 ? [] : points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`);
		return `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="2.5" stroke-linejoin="round" stroke-dasharray="${dashes}"/>${dots.join('')}`;
	});
	const heading = text(plot.left, 34, 'Training: loss and accuracy', { size: 15, anchor: 'start', bold: true });
	const legend = curves.map((curve, position) => legendEntry(curve, position, logs.at(-1)));
	return toPng(width, height, heading + vertical + horizontal + drawn.join('') + legend.join(''));
}
