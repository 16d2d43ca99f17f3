import { argmax, softmax } from 'softmax-simd';
import { bar, element, field, formula, inline, numberInput, prose } from '../dom.mjs';
import { format, percent } from '../numbers.mjs';
import { createTable } from '../table.mjs';

const initialLogits = [2, 4, 6];

/** Logits become probabilities: three that the reader types, and those of the image. */
export function createSoftmaxCard({ texts, state, onExample }) {
	const { title, text, logitOf, again, exampleCaption, imageCaption, probabilityBars, decides, invalid } =
		texts.softmax;
	const { current } = texts.softmax;
	const inputs = texts.animals.map((_, index) => numberInput(state.logits[index], { required: '' }));
	const reset = element('button', { type: 'button' }, again);
	const answer = element('output', { class: 'lesson-answer' });
	const columns = [texts.class, '$z_c$', '$exp(z_c)$', '$P_c$', probabilityBars];
	const example = createTable({ caption: exampleCaption, columns });
	const ofImage = createTable({ caption: imageCaption, columns });
	const conclusion = element('p', { class: 'lesson-live' });

	for (const [index, input] of inputs.entries()) {
		input.addEventListener('input', () => {
			state.logits[index] = input.valueAsNumber;
			onExample();
		});
	}
	reset.addEventListener('click', () => {
		state.logits = [...initialLogits];
		for (const [index, input] of inputs.entries()) input.value = String(state.logits[index]);
		onExample();
	});
	return {
		title,
		body: [
			prose(text),
			formula('P_c = exp(z_c) / Σ_k exp(z_k)'),
			element(
				'div',
				{ class: 'lesson-controls' },
				...inputs.map((input, index) => field(logitOf(texts.animals[index]), input)),
				reset,
			),
			answer,
			example.element,
			element('div', { class: 'lesson-live' }, ofImage.element),
			conclusion,
		],
		showExample() {
			const areNumbers = state.logits.every(Number.isFinite);
			answer.classList.toggle('lesson-invalid', !areNumbers);
			if (!areNumbers) {
				answer.replaceChildren(...inline(invalid));
				return;
			}
			const probabilities = softmax(state.logits);
			const best = argmax(probabilities);
			const listed = probabilities.map((probability) => format(probability)).join(', ');
			answer.replaceChildren(...inline(decides(state.logits.join(', '), listed, texts.animals[best])));
			example.show(createRows(texts.animals, state.logits, probabilities, best));
		},
		show({ classNames, logits, probabilities, predicted }) {
			ofImage.show(createRows(classNames, logits, probabilities, predicted));
			conclusion.replaceChildren(...inline(current(classNames[predicted], percent(probabilities[predicted]))));
		},
	};
}

function createRows(names, logits, probabilities, best) {
	return names.map((name, row) => ({
		cells: [
			name,
			...[logits[row], Math.exp(logits[row]), probabilities[row]].map((value) => format(value)),
			bar(probabilities[row], 1),
		],
		isMarked: row === best,
	}));
}
