/** Pixels at another size: every new pixel is the mean of the area it covers. */

/** RGBA pixels by rows, as ImageData has them. */
export interface Pixels {
	/** `[height · width · 4]`. */
	data: Uint8ClampedArray | Uint8Array;
	width: number;
	height: number;
}

/** Luma of red, green and blue (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114];

/** How far the pixels of a line reach into one new pixel: the first of them, and the share of each. */
interface Cover {
	first: number;
	shares: number[];
}

function covers(from: number, to: number): Cover[] {
	return Array.from({ length: to }, (_, index) => {
		const [start, end] = [(index * from) / to, ((index + 1) * from) / to];
		const first = Math.floor(start);
		const shares = [];
		for (let pixel = first; pixel < end; pixel++) {
			shares.push((Math.min(end, pixel + 1) - Math.max(start, pixel)) / (end - start));
		}
		return { first, shares };
	});
}

/**
 * @param channels 1 for gray, 3 for red, green and blue in turns
 * @returns `[height · width · channels]`; what is transparent shows white behind it
 */
export function resize(
	{ data, width, height }: Pixels,
	target: readonly [number, number],
	channels: 1 | 3,
): Uint8Array {
	const [rows, columns] = [covers(height, target[0]), covers(width, target[1])];
	const result = new Uint8Array(rows.length * columns.length * channels);
	let position = 0;
	for (const row of rows) {
		for (const column of columns) {
			const rgb = [0, 0, 0];
			for (const [y, rowShare] of row.shares.entries()) {
				for (const [x, columnShare] of column.shares.entries()) {
					const pixel = ((row.first + y) * width + column.first + x) * 4;
					const alpha = data[pixel + 3] / 255;
					const share = rowShare * columnShare;
					for (let channel = 0; channel < 3; channel++) {
						rgb[channel] += share * (data[pixel + channel] * alpha + 255 * (1 - alpha));
					}
				}
			}
			if (channels === 1)
				result[position++] = Math.round(rgb.reduce((sum, value, channel) => sum + value * LUMA[channel], 0));
			else for (const value of rgb) result[position++] = Math.round(value);
		}
	}
	return result;
}
