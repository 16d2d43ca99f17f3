/** Images to one size: every new pixel is the mean of the area that it covers, parts of pixels included. */

/** For every new pixel along one side, the old ones below it and how much of the new one each makes up. */
function overlaps(from, to) {
	return Array.from({ length: to }, (_, index) => {
		const [start, end] = [(index * from) / to, ((index + 1) * from) / to];
		const [first, last] = [Math.floor(start), Math.min(Math.ceil(end), from)];
		return Array.from({ length: last - first }, (_, offset) => {
			const position = first + offset;
			const length = Math.min(position + 1, end) - Math.max(position, start);
			return { position, share: length / (end - start) };
		});
	});
}

/**
 * @param image `{ width, height, channels, pixels }`, pixels `[height · width · channels]` from 0 to 255.
 * @returns Uint8Array `[size · size · channels]`; proportions are not kept.
 */
export function resize({ width, height, channels, pixels }, size) {
	const resized = new Uint8Array(size * size * channels);
	const columns = overlaps(width, size);
	overlaps(height, size).forEach((rows, y) => {
		columns.forEach((parts, x) => {
			for (let channel = 0; channel < channels; channel++) {
				let sum = 0;
				for (const row of rows) {
					for (const part of parts) {
						const pixel = row.position * width + part.position;
						sum += row.share * part.share * pixels[pixel * channels + channel];
					}
				}
				resized[(y * size + x) * channels + channel] = Math.round(sum);
			}
		});
	});
	return resized;
}

/** The weights of ITU-R BT.601 for red, green and blue. */
const luma = [0.299, 0.587, 0.114];

/** Gray to RGB or RGB to gray, where it is not what is wanted already. */
export function toChannels(image, wanted) {
	const { width, height, channels, pixels } = image;
	if (channels === wanted) return image;
	const count = pixels.length / channels;
	const convert = (i) => {
		if (wanted === 3) return pixels[Math.floor(i / 3)];
		return luma.reduce((sum, weight, channel) => sum + weight * pixels[i * 3 + channel], 0);
	};
	const converted = Float32Array.from({ length: count * wanted }, (_, i) => convert(i));
	return { width, height, channels: wanted, pixels: converted };
}
