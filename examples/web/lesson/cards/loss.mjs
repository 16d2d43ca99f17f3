import { crossEntropy, softmax } from 'softmax-simd';
import { bar, element, field, formula, inline, prose, select } from '../dom.mjs';
import { format } from '../numbers.mjs';
import { createTable } from '../table.mjs';

const typicalProbabilities = [1, 0.9, 0.5, 0.1, 0.01];

/** Cross-entropy: what a probability costs. */
export function createLossCard({ texts, state, onExample }) {
	const { title, text, truth, example, caption, columns, current, after } = texts.loss;
	const choice = select(texts.animals, state.truth);
	const answer = element('output', { class: 'lesson-answer' });
	const table = createTable({ caption, columns });
	const losses = typicalProbabilities.map((probability) => crossEntropy([probability, 1 - probability], 0));
	const rows = typicalProbabilities.map((probability, row) => ({
		cells: [String(probability), format(losses[row]), bar(losses[row], Math.max(...losses))],
	}));
	table.show(rows);
	const live = element('p', { class: 'lesson-live' });

	choice.addEventListener('change', () => {
		state.truth = Number(choice.value);
		onExample();
	});
	return {
		title,
		body: [
			prose(text),
			formula('L = −Σ_c y_c log P_c = −log P_truth'),
			element('div', { class: 'lesson-controls' }, field(truth, choice)),
			answer,
			table.element,
			live,
			prose(after),
		],
		showExample() {
			if (!state.logits.every(Number.isFinite)) return;
			const probabilities = softmax(state.logits);
			const [probability, loss] = [probabilities[state.truth], crossEntropy(probabilities, state.truth)];
			answer.replaceChildren(...inline(example(texts.animals[state.truth], format(probability), format(loss))));
		},
		show({ classNames, label, probabilities }) {
			const loss = crossEntropy(probabilities, label);
			live.replaceChildren(...inline(current(classNames[label], format(probabilities[label]), format(loss))));
		},
	};
}
