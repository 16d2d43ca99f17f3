/** Images of 28 × 28 pixels on canvases. */
export const side = 28;
export const pixelCount = side * side;

/** Colours of positive and negative numbers, the same on light and dark paper. */
const positive = [222, 108, 28];
const negative = [48, 118, 214];

export function createCanvas() {
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = side;
	canvas.className = 'pixels';
	canvas.ariaHidden = 'true';
	return canvas;
}

/** @param asInk Whether bright pixels are ink on the page's paper, as suits clothes on black; else gray as they are. */
export function drawImage(canvas, pixels, asInk) {
	const context = canvas.getContext('2d');
	const image = context.createImageData(side, side);
	canvas.classList.toggle('ink', asInk);
	for (let pixel = 0; pixel < pixelCount; pixel++) {
		const value = pixels[pixel];
		image.data.set(asInk ? [20, 20, 20, value] : [value, value, value, 255], 4 * pixel);
	}
	context.putImageData(image, 0, 0);
}

/** Orange above zero, blue below, and zero transparent, which is right on light and on dark paper. */
export function drawSigned(canvas, values, largest) {
	const context = canvas.getContext('2d');
	const image = context.createImageData(side, side);
	for (let pixel = 0; pixel < pixelCount; pixel++) {
		const value = values[pixel] / largest;
		image.data.set(value > 0 ? positive : negative, 4 * pixel);
		image.data[4 * pixel + 3] = 255 * Math.min(1, Math.abs(value));
	}
	context.putImageData(image, 0, 0);
}

/** A few extreme values would make all others pale: the 99th hundredth part counts as the largest. */
export function typicalLargest(values) {
	const magnitudes = Float32Array.from(values, Math.abs).sort();
	return magnitudes[Math.floor(0.99 * magnitudes.length)] || 1;
}
