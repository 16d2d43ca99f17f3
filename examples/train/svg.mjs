/** Small pieces of SVG, and SVG to PNG with a font that comes along: many machines have none. */
import { fileURLToPath } from 'node:url';
import { renderAsync } from '@resvg/resvg-js';
import { encode } from 'fast-png';

export const ink = '#1f2937';
export const faint = '#e2e8f0';
export const wrong = '#c81e1e';

const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) =>
	fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${file}`)),
);

/** PNG pixels per SVG unit, so that text is crisp on any screen. */
const pixelsPerUnit = 2;

function escapeXml(content) {
	return content.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A line of text whose baseline is at `y`. */
export function text(x, y, content, { size = 11, anchor = 'middle', color = ink, bold = false } = {}) {
	const weight = bold ? ' font-weight="bold"' : '';
	return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${color}"${weight}>${escapeXml(content)}</text>`;
}

/**
 * A square picture with hard pixels.
 *
 * @param rgb Uint8Array `[size · size · 3]`.
 */
export function image(x, y, width, rgb) {
	const size = Math.sqrt(rgb.length / 3);
	const png = Buffer.from(encode({ width: size, height: size, channels: 3, data: rgb })).toString('base64');
	const place = `x="${x}" y="${y}" width="${width}" height="${width}"`;
	return `<image ${place} image-rendering="optimizeSpeed" href="data:image/png;base64,${png}"/>`;
}

/** An SVG document of `width` × `height` units on white, as the bytes of a PNG twice as large. */
export async function toPng(width, height, body) {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">${body}</svg>`;
	const rendered = await renderAsync(svg, {
		background: 'white',
		fitTo: { mode: 'zoom', value: pixelsPerUnit },
		font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' },
	});
	return rendered.asPng();
}
