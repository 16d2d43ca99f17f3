/** A test image as a button that leads to its explanation. */
import { translate } from '../language/index.mjs';
import { create } from '../page/dom.mjs';
import { displayName } from '../page/names.mjs';
import { percent } from '../page/numbers.mjs';
import { createCanvas, drawImage, pixelCount } from '../page/pixels.mjs';

export function pixelsOf({ test }, index) {
	return test.inputs.subarray(index * pixelCount, (index + 1) * pixelCount);
}

/** @param choose Called with the index of the image. */
export function createTestImage({ data, prediction }, index, choose) {
	const truth = () => displayName(data, data.test.labels[index]);
	const canvas = createCanvas();
	drawImage(canvas, pixelsOf(data, index), data.kind !== 'own');
	const button = create('button', { type: 'button', className: 'test-image' });
	button.append(create('span', { className: 'truth', textContent: truth() }), canvas);
	button.dataset.index = index;
	button.addEventListener('click', () => choose(index));
	// Its name is what can be seen, so that it can be called by that; the sentence comes in addition.
	const describe = (key, values) => button.setAttribute('aria-description', translate(key, values));
	if (!prediction) {
		describe('predictions.unknown', { index: index + 1, truth });
		return button;
	}
	const classes = data.classNames.length;
	const row = prediction.probabilities.subarray(index * classes, (index + 1) * classes);
	const top = [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, 3);
	const isRight = prediction.classIndices[index] === data.test.labels[index];
	button.classList.add(isRight ? 'right' : 'wrong');
	button.append(...top.map((one, rank) => createBar(displayName(data, one), row[one], rank === 0, isRight)));
	const values = {
		index: index + 1,
		truth,
		predicted: () => displayName(data, top[0]),
		probability: percent(row[top[0]], 0),
	};
	describe('predictions.one', values);
	return button;
}

function createBar(name, probability, isFirst, isRight) {
	const mark = isFirst ? (isRight ? '✓ ' : '✗ ') : '';
	const text = create('span', { className: 'bar-name', textContent: mark + name });
	if (isFirst) text.title = translate(isRight ? 'right' : 'wrong');
	const value = create('span', { className: 'bar-value', textContent: Math.round(100 * probability) });
	const bar = create('span', { className: isFirst ? 'bar first' : 'bar' }, text, value);
	bar.style.setProperty('--share', probability);
	return bar;
}
