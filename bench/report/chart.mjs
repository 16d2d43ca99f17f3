/** results.png: a bar for every system that trained, on a logarithmic scale. */
import { faint, text, toPng } from '../../examples/train/svg.mjs';
import { digits } from './format.mjs';

const width = 900;
const left = 300;
const right = width - 90;
const top = 108;
const rowHeight = 25;
const barHeight = 16;
const quiet = '#64748b';

const groups = [
	{ name: 'softmax-simd, fixed16', color: '#1d4ed8', has: ({ ours, arithmetic }) => ours && arithmetic === 'fixed16' },
	{ name: 'softmax-simd, float32', color: '#60a5fa', has: ({ ours }) => ours },
	{ name: 'others', color: '#94a3b8', has: () => true },
];

function logScale(from, to) {
	return (value) => left + (Math.log(value / from) / Math.log(to / from)) * (right - left);
}

/** 1, 2 and 5 times the powers of ten between the ends. */
function ticks(from, to) {
	const values = [1, 10, 100, 1000, 10_000, 100_000].flatMap((power) => [power, 2 * power, 5 * power]);
	return values.filter((value) => value >= from && value <= to);
}

function axis(x, values, bottom) {
	const line = (value) => `<line x1="${x(value)}" y1="${top - 8}" x2="${x(value)}" y2="${bottom}" stroke="${faint}"/>`;
	return values.map((value) => line(value) + text(x(value), bottom + 16, value.toLocaleString('en-US'))).join('');
}

function bar(row, index, x) {
	const y = top + index * rowHeight;
	const [{ color }] = groups.filter(({ has }) => has(row));
	const end = x(row.milliseconds);
	const rect = `<rect x="${left}" y="${y}" width="${end - left}" height="${barHeight}" rx="2" fill="${color}"/>`;
	const baseline = y + barHeight - 4;
	const label = text(left - 10, baseline, row.name, { anchor: 'end', bold: Boolean(row.ours) });
	return rect + label + text(end + 7, baseline, digits(row.milliseconds), { anchor: 'start' });
}

function legend({ name, color }, index) {
	const x = left + index * 170;
	return `<rect x="${x}" y="74" width="12" height="12" rx="2" fill="${color}"/>${text(x + 18, 84, name, { anchor: 'start' })}`;
}

/**
 * @param rows of summarise.
 * @returns the bytes of a PNG.
 */
export function chartPng(rows, { date, machine }) {
	const times = rows.map(({ milliseconds }) => milliseconds);
	const from = Math.min(10, 0.6 * Math.min(...times));
	const to = 1.1 * Math.max(...times);
	const x = logScale(from, to);
	const bottom = top + rows.length * rowHeight;
	const body = [
		text(24, 34, 'Training on Fashion-MNIST: milliseconds per epoch, one thread', {
			size: 16,
			anchor: 'start',
			bold: true,
		}),
		text(24, 56, 'Less is better; logarithmic scale. 60,000 × 784 → 10, batch 256; medians of one run.', {
			anchor: 'start',
			color: quiet,
		}),
		...groups.map(legend),
		axis(x, ticks(from, to), bottom),
		...rows.map((row, index) => bar(row, index, x)),
		text(24, bottom + 48, `${date} · ${machine}`, { anchor: 'start', color: quiet, size: 10 }),
	];
	return toPng(width, bottom + 64, body.join(''));
}
