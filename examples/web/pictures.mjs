/** Test pictures with what they are and what the model says. */
const side = 28;
const shownAtMost = 40;
const darkMode = matchMedia('(prefers-color-scheme: dark)');

/** Fills the list and returns what shows a prediction of the whole test set in it. */
export function createPictures(list, choice, countText, { inputs, labels, classNames }) {
	const canvases = new Map();
	let prediction;

	function render() {
		const all = Array.from(labels, (_, index) => index);
		const wrong = all.filter((index) => prediction && prediction.classIndices[index] !== labels[index]);
		const chosen = choice.value === 'wrong' ? wrong : all;
		countText.textContent = prediction ? `${wrong.length} of ${labels.length} are wrong` : 'nothing said yet';
		list.replaceChildren(...chosen.slice(0, shownAtMost).map(renderOne));
	}

	function renderOne(index) {
		const item = document.createElement('li');
		item.append(text('truth', classNames[labels[index]]), pictureOf(index));
		if (!prediction) return item;
		const said = prediction.classIndices[index];
		const isRight = said === labels[index];
		const probability = prediction.probabilities[index * classNames.length + said];
		item.className = isRight ? 'right' : 'wrong';
		const mark = text('mark', isRight ? '✓ ' : '✗ ');
		mark.ariaHidden = 'true';
		const answer = text('answer', '');
		answer.append(mark, text('visually-hidden', isRight ? 'right: ' : 'wrong: '), classNames[said]);
		item.append(answer, text('sure', `${Math.round(100 * probability)} %`));
		return item;
	}

	function pictureOf(index) {
		if (!canvases.has(index)) canvases.set(index, drawPicture(inputs, index));
		return canvases.get(index);
	}

	choice.addEventListener('change', render);
	darkMode.addEventListener('change', () => {
		canvases.clear();
		render();
	});
	render();
	return {
		show(newPrediction) {
			prediction = newPrediction;
			render();
		},
	};
}

function text(className, content) {
	const span = document.createElement('span');
	span.className = className;
	span.textContent = content;
	return span;
}

function drawPicture(inputs, index) {
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = side;
	canvas.ariaHidden = 'true';
	const context = canvas.getContext('2d');
	const image = context.createImageData(side, side);
	// Ink on the page's paper, dark on light or light on dark.
	const ink = darkMode.matches ? 235 : 20;
	for (let pixel = 0; pixel < side * side; pixel++) {
		image.data.set([ink, ink, ink, inputs[index * side * side + pixel]], 4 * pixel);
	}
	context.putImageData(image, 0, 0);
	return canvas;
}
