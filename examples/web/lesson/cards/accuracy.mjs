import { accuracy } from 'softmax-simd';
import { element, formula, inline, prose, select } from '../dom.mjs';
import { percent } from '../numbers.mjs';
import { createTable } from '../table.mjs';

const labels = [0, 1, 2, 2];

/** The fraction that is right, of four predictions that the reader may change. */
export function createAccuracyCard({ texts, state }) {
	const { title, text, formulaText, caption, columns, predictionOf, right, wrong, answerText, current } =
		texts.accuracy;
	const table = createTable({ caption, columns, kind: 'texts' });
	const answer = element('output', { class: 'lesson-answer' });
	const marks = labels.map(() => element('span'));
	const choices = labels.map((label, row) => {
		const control = select(texts.animals, state.predictions[row]);
		control.setAttribute('aria-label', predictionOf(row + 1, texts.animals[label]));
		control.addEventListener('change', () => {
			state.predictions[row] = Number(control.value);
			showAnswer();
		});
		return control;
	});
	const rows = labels.map((label, row) => ({
		cells: [String(row + 1), texts.animals[label], choices[row], marks[row]],
	}));
	table.show(rows);
	const live = element('p', { class: 'lesson-live' });

	function showAnswer() {
		const isRight = labels.map((label, row) => label === state.predictions[row]);
		for (const [row, mark] of marks.entries()) {
			mark.className = isRight[row] ? 'lesson-right' : 'lesson-wrong';
			mark.textContent = isRight[row] ? `✓ ${right}` : `✗ ${wrong}`;
		}
		const correct = isRight.filter(Boolean).length;
		const fraction = accuracy(state.predictions, labels);
		answer.replaceChildren(...inline(answerText(correct, labels.length, percent(fraction))));
	}

	return {
		title,
		body: [prose(text), formula(formulaText), table.element, answer, live],
		showExample: showAnswer,
		show({ classNames, label, predicted }) {
			live.replaceChildren(...inline(current(classNames[predicted], classNames[label], predicted === label)));
		},
	};
}
