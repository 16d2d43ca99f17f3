/** PNG files, of whatever kind, to gray or RGB. */
import { convertIndexedToRgb, decode } from 'fast-png';

/** Palette colours, and gray levels of less than a byte as if they were colours of a palette, come without any packing. */
function unpack(png) {
	const { depth, channels, palette } = png;
	const most = 2 ** depth - 1;
	if (!palette && depth >= 8) return { samples: png.data, channels, most };
	const levels = palette ?? Array.from({ length: most + 1 }, (_, level) => [(255 * level) / most]);
	return { samples: convertIndexedToRgb({ ...png, palette: levels }), channels: levels[0].length, most: 255 };
}

/**
 * @param bytes a PNG file.
 * @returns `{ width, height, channels, pixels }`: 1 channel where the file is gray, else 3; Float32Array
 * `[height · width · channels]` from 0 to 255, laid on white.
 * @throws Error where the file is damaged, or no PNG.
 */
export function decodePng(bytes) {
	const png = decode(bytes, { checkCrc: true });
	const { width, height } = png;
	const { samples, channels: stored, most } = unpack(png);
	const channels = stored < 3 ? 1 : 3;
	const hasAlpha = stored > channels;
	const pixels = new Float32Array(width * height * channels);
	for (let pixel = 0; pixel < width * height; pixel++) {
		const alpha = hasAlpha ? samples[pixel * stored + channels] / most : 1;
		for (let channel = 0; channel < channels; channel++) {
			const value = samples[pixel * stored + channel] / most;
			pixels[pixel * channels + channel] = 255 * (alpha * value + 1 - alpha);
		}
	}
	return { width, height, channels, pixels };
}
