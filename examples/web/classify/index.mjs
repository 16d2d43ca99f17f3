/** One image under the model's eye: probabilities, and what every pixel adds to a class's logit. */
import { softmax } from 'softmax-simd';
import { readImages } from 'softmax-simd/images';
import { createPad } from '../data/pad.mjs';
import { label, onLanguageChange, say } from '../language/index.mjs';
import { create, element } from '../page/dom.mjs';
import { displayName } from '../page/names.mjs';
import { fixed, percent, reasonOf } from '../page/numbers.mjs';
import { createCanvas, drawImage, drawSigned, pixelCount, side, typicalLargest } from '../page/pixels.mjs';
import { pixelsOf } from '../results/test-image.mjs';

export function createClassify(session) {
	const picture = createCanvas();
	const map = createCanvas();
	map.ariaHidden = null;
	map.role = 'img';
	element('classify-image').append(picture);
	element('classify-map').append(map);
	const status = element('classify-status');
	const listeners = new Set();
	let image;
	let trueLabel;
	let chosen;
	let bars = [];

	function build() {
		chosen = undefined;
		bars = session.data.classNames.map((_, index) => {
			const name = create('span', { className: 'bar-name', textContent: displayName(session.data, index) });
			const value = create('span', { className: 'bar-value' });
			const button = create('button', { type: 'button', className: 'bar' }, name, ' ', value);
			button.addEventListener('click', () => {
				chosen = index;
				show();
			});
			return { button, name, value };
		});
		element('classify-bars').replaceChildren(...bars.map(({ button }) => create('li', {}, button)));
		if (session.data.test.count > 0) return choose(0, false);
		// The image may stay; its class was one of other data.
		trueLabel = undefined;
		say(element('classify-name'), 'classify.image');
		show();
	}

	function show() {
		const { data, weights } = session;
		if (!data || !image) return;
		drawImage(picture, image, data.kind !== 'own');
		if (!weights || weights.bias.length !== bars.length) return;
		const contributions = weights.weight.map((value, index) => (value * image[index % pixelCount]) / 255);
		const sums = bars.map((_, index) => sum(contributions.subarray(index * pixelCount, (index + 1) * pixelCount)));
		const probabilities = softmax(
			sums.map((value, index) => value + weights.bias[index]),
			bars.length,
		);
		const shown = chosen ?? probabilities.indexOf(Math.max(...probabilities));
		for (const [index, { button, name, value }] of bars.entries()) {
			name.textContent = displayName(data, index);
			value.textContent = percent(probabilities[index]);
			button.style.setProperty('--share', probabilities[index]);
			button.setAttribute('aria-pressed', String(index === shown));
		}
		const own = contributions.subarray(shown * pixelCount, (shown + 1) * pixelCount);
		drawSigned(map, own, typicalLargest(own.filter((value) => value !== 0)));
		const named = { name: () => displayName(data, shown) };
		label(map, 'classify.map', named);
		say(element('classify-map-title'), 'classify.contribution', named);
		const bias = weights.bias[shown];
		const numbers = { logit: fixed(sums[shown] + bias), sum: fixed(sums[shown]), bias: fixed(bias) };
		say(element('classify-logit'), 'classify.logit', numbers);
		for (const listener of listeners) listener();
	}

	function take(pixels, newLabel) {
		image = pixels.slice();
		trueLabel = newLabel;
		chosen = undefined;
		const { data } = session;
		if (newLabel === undefined) say(element('classify-name'), 'classify.image');
		else say(element('classify-name'), 'classify.imageOf', { name: () => displayName(data, newLabel) });
		show();
	}

	function choose(index, isAsked = true) {
		take(pixelsOf(session.data, index), session.data.test.labels[index]);
		if (isAsked) element('classify-title').focus();
	}

	element('classify-file').addEventListener('change', async ({ target }) => {
		status.textContent = '';
		try {
			const [file] = target.files;
			const pixels = await readImages([file]);
			take(session.data.kind !== 'own' && isOnLight(pixels) ? pixels.map((value) => 255 - value) : pixels);
		} catch (error) {
			say(status, 'data.failed', { reason: reasonOf(error) });
		}
	});
	const pad = createPad(element('classify-pad'));
	element('classify-drawing').addEventListener('click', async () => {
		if (pad.isEmpty) return say(status, 'pad.empty');
		status.textContent = '';
		take(await pad.read());
	});
	session.on('data', build);
	session.on('weights', show);
	onLanguageChange(show);
	return {
		choose,
		onChange: (listener) => listeners.add(listener),
		get image() {
			return image;
		},
		get label() {
			return trueLabel;
		},
	};
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

function isOnLight(pixels) {
	const border = pixels.filter((_, pixel) => {
		const [row, column] = [Math.floor(pixel / side), pixel % side];
		return row === 0 || column === 0 || row === side - 1 || column === side - 1;
	});
	return sum(Array.from(border)) / border.length > 127;
}
