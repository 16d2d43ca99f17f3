/** Pictures that are grids of images: samples, predictions, and the weights of every class. */
import { faint, image, ink, text, toPng, wrong } from './svg.mjs';

const gap = 14;
const margin = 24;
const titleHeight = 40;
const lineHeight = 14;
const right = '#15803d';

/** From the paper (0) to the ink (255) of a gray pixel, and from against (-1) over nothing to for (1) of a weight. */
const gray = [
	[241, 245, 249],
	[15, 23, 42],
];
const diverging = [
	[33, 102, 172],
	[247, 247, 247],
	[178, 24, 43],
];

function mix(from, to, share) {
	return from.map((value, channel) => value + (to[channel] - value) * share);
}

function toRgb(values, colorOf) {
	const rgb = new Uint8Array(values.length * 3);
	values.forEach((value, i) => {
		rgb.set(colorOf(value), i * 3);
	});
	return rgb;
}

function imageOf({ inputs }, index) {
	return toRgb(inputs.subarray(index * 784, (index + 1) * 784), (pixel) => mix(gray[0], gray[1], pixel / 255));
}

/**
 * @param cells `{ rgb, captions: [{ content, color?, bold? }], frame? }`, row by row.
 * @param columnNames above the first row.
 * @param captionLines captions of a cell, above its image.
 * @param footer SVG below the grid, `(top, width) => string`.
 */
function gridPng({
	title,
	cells,
	columns,
	side,
	columnNames = [],
	captionLines = 0,
	footerHeight = 0,
	footer = (_top, _width) => '',
}) {
	const rows = Math.ceil(cells.length / columns);
	const captionHeight = captionLines * lineHeight;
	const top = margin + titleHeight + (columnNames.length > 0 ? lineHeight : 0);
	const rowHeight = captionHeight + side + gap;
	const width = 2 * margin + columns * (side + gap) - gap;
	const bottom = top + rows * rowHeight;
	const columnCenter = (column) => margin + column * (side + gap) + side / 2;
	const body = cells.map(({ rgb, captions = [], frame = faint }, i) => {
		const x = margin + (i % columns) * (side + gap);
		const y = top + Math.floor(i / columns) * rowHeight + captionHeight;
		const lines = captions.map(({ content, ...style }, line) =>
			text(columnCenter(i % columns), y - 6 - (captions.length - 1 - line) * lineHeight, content, style),
		);
		const border = `<rect x="${x - 1}" y="${y - 1}" width="${side + 2}" height="${side + 2}" fill="none" stroke="${frame}" stroke-width="2"/>`;
		return image(x, y, side, rgb) + border + lines.join('');
	});
	const heading = text(margin, margin + 14, title, { size: 15, anchor: 'start', bold: true });
	const names = columnNames.map((name, column) => text(columnCenter(column), top - 6, name));
	const all = [heading, ...names, ...body, footer(bottom, width)].join('');
	return toPng(width, bottom + footerHeight + margin - gap, all);
}

/** Training images by class: a column each, the first five in the order of the data. */
export function samplesPng(dataset) {
	const { labels, classNames } = dataset;
	const perClass = 5;
	const cells = [];
	classNames.forEach((_, label) => {
		let index = -1;
		for (let row = 0; row < perClass; row++) {
			index = labels.indexOf(label, index + 1);
			if (index < 0) return;
			cells[row * classNames.length + label] = { rgb: imageOf(dataset, index) };
		}
	});
	const title = 'Fashion-MNIST: training images of every class';
	return gridPng({ title, cells, columns: classNames.length, side: 84, columnNames: classNames });
}

/**
 * The first test images, each under its true and its predicted class.
 *
 * @param classIndices predicted class of every test image.
 */
export function predictionsPng(dataset, classIndices) {
	const { labels, classNames } = dataset;
	const cells = Array.from(labels.subarray(0, 40), (label, index) => {
		const isRight = classIndices[index] === label;
		const predicted = classNames[classIndices[index]];
		const verdict = isRight
			? { content: `✓ ${predicted}`, color: right }
			: { content: `✗ ${predicted}`, color: wrong, bold: true };
		const captions = [{ content: classNames[label] }, verdict];
		return { rgb: imageOf(dataset, index), captions, frame: isRight ? faint : wrong };
	});
	const rightCount = cells.filter(({ frame }) => frame === faint).length;
	const title = `Test images: true class over predicted class, ${rightCount} of ${cells.length} right`;
	return gridPng({ title, cells, columns: 10, side: 84, captionLines: 2 });
}

/** Larger than 99 of 100 absolute weights, lest a few pixels take the colour from all others. */
function colorLimit(weight) {
	const sizes = weight.map(Math.abs).sort();
	return sizes[Math.floor((sizes.length - 1) * 0.99)] || 1;
}

/**
 * What every class looks for: its weights, blue against it, red for it.
 *
 * @param weight Float32Array `[classes · 784]`.
 */
export function templatesPng(weight, classNames) {
	const limit = colorLimit(weight);
	const colorOf = (value) => {
		const [against, nothing, inFavour] = diverging;
		return mix(nothing, value < 0 ? against : inFavour, Math.min(1, Math.abs(value) / limit));
	};
	const cells = classNames.map((content, label) => {
		return { rgb: toRgb(weight.subarray(label * 784, (label + 1) * 784), colorOf), captions: [{ content, size: 13 }] };
	});
	const title = 'Templates: the weight of every pixel for every class';
	const footer = (top, width) => colorBar(top + 4, width, limit);
	return gridPng({ title, cells, columns: 5, side: 168, captionLines: 1.4, footerHeight: 44, footer });
}

function colorBar(top, width, limit) {
	const barWidth = 320;
	const left = (width - barWidth) / 2;
	const stops = diverging.map((color, i) => `<stop offset="${i / 2}" stop-color="rgb(${color})"/>`).join('');
	const below = { size: 11, color: ink };
	return (
		`<linearGradient id="diverging">${stops}</linearGradient>` +
		`<rect x="${left}" y="${top}" width="${barWidth}" height="12" fill="url(#diverging)"/>` +
		text(left, top + 28, `−${limit.toFixed(2)}`, below) +
		text(left + barWidth / 2, top + 28, '0', below) +
		text(left + barWidth, top + 28, limit.toFixed(2), below) +
		text(left - 28, top + 10, 'against the class', { ...below, anchor: 'end' }) +
		text(left + barWidth + 28, top + 10, 'for the class', { ...below, anchor: 'start' })
	);
}
