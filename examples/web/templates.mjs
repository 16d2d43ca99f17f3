/** One picture of weights per class. */
const side = 28;
const plus = [222, 108, 28];
const minus = [48, 118, 214];

/** Fills the list and returns what draws weights `[C · 784]` into it. */
export function createTemplates(list, classNames) {
	const contexts = classNames.map((name) => {
		const item = list.appendChild(document.createElement('li'));
		const canvas = item.appendChild(document.createElement('canvas'));
		canvas.width = canvas.height = side;
		canvas.role = 'img';
		canvas.ariaLabel = `Weights of ${name}`;
		item.appendChild(document.createElement('span')).textContent = name;
		return canvas.getContext('2d');
	});
	return {
		draw(weight) {
			const largest = typicalLargest(weight);
			for (const [index, context] of contexts.entries()) {
				const image = context.createImageData(side, side);
				for (let pixel = 0; pixel < side * side; pixel++) {
					const value = weight[index * side * side + pixel] / largest;
					image.data.set(value > 0 ? plus : minus, 4 * pixel);
					// Zero is transparent: right on light and on dark paper.
					image.data[4 * pixel + 3] = 255 * Math.min(1, Math.abs(value));
				}
				context.putImageData(image, 0, 0);
			}
		},
	};
}

/** A few extreme weights would make all others pale: the 99th hundredth part counts as the largest. */
function typicalLargest(weight) {
	const magnitudes = Float32Array.from(weight, Math.abs).sort();
	return magnitudes[Math.floor(0.99 * magnitudes.length)] || 1;
}
