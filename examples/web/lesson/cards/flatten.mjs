import { element, field, prose } from '../dom.mjs';
import { format } from '../numbers.mjs';
import { scrollBox } from '../table.mjs';

/** The image as a grid, and as one row of numbers. */
export function createFlattenCard({ texts, state }) {
	const { title, text, choose, pictures, caption } = texts.flatten;
	const grid = canvas('lesson-grid', pictures.grid);
	const strip = canvas('lesson-strip', pictures.strip);
	const slider = element('input', { type: 'range', min: '0', max: '27', step: '1', value: String(state.row) });
	const where = element('output', { class: 'lesson-live' });
	const numbers = element('ol', { class: 'lesson-vector' });
	let sample;

	function draw() {
		const { width, height } = sample;
		state.row = Math.min(state.row, height - 1);
		slider.max = String(height - 1);
		slider.value = String(state.row);
		const first = state.row * width;
		paint(grid, sample, width, height, state.row);
		paint(strip, sample, width * height, 1);
		strip.parentElement.style.setProperty('--from', String(state.row / height));
		strip.parentElement.style.setProperty('--part', String(1 / height));
		numbers.replaceChildren(...Array.from({ length: width }, (_, column) => createNumber(sample, first + column)));
	}

	/** Said aloud when it changes, so it is left alone where only the image is another one. */
	function tell() {
		const first = state.row * sample.width;
		const text = caption(state.row, first, first + sample.width - 1);
		if (where.textContent !== text) where.textContent = text;
	}

	slider.addEventListener('input', () => {
		state.row = Number(slider.value);
		draw();
		tell();
	});
	return {
		title,
		body: [
			prose(text),
			element(
				'div',
				{ class: 'lesson-live lesson-image' },
				grid,
				element('div', {}, field(choose, slider), element('div', { class: 'lesson-strip-box' }, strip), where),
			),
			element('div', { class: 'lesson-live' }, scrollBox(pictures.numbers, numbers)),
		],
		show(given) {
			sample = given;
			draw();
			tell();
		},
	};
}

function canvas(className, label) {
	return element('canvas', { class: className, role: 'img', 'aria-label': label });
}

/** White on black in light and dark, as the bytes are; a row that is looked at is lit. */
function paint(target, { image }, width, height, row) {
	target.width = width;
	target.height = height;
	const context = target.getContext('2d');
	const picture = context.createImageData(width, height);
	for (const [pixel, byte] of image.entries()) {
		const isLit = Math.floor(pixel / width) === row;
		const lowest = isLit ? [120, 58, 8] : [0, 0, 0];
		for (let channel = 0; channel < 3; channel++) {
			picture.data[4 * pixel + channel] = lowest[channel] + ((255 - lowest[channel]) * byte) / 255;
		}
		picture.data[4 * pixel + 3] = 255;
	}
	context.putImageData(picture, 0, 0);
}

function createNumber({ input, image }, index) {
	const item = element('li', {}, element('span', {}, `x[${index}]`), element('strong', {}, format(input[index], 3)));
	item.append(element('span', {}, `${image[index]} / 255`));
	return item;
}
