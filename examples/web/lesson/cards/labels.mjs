import { oneHot } from 'softmax-simd';
import { element, inline, prose } from '../dom.mjs';
import { vector } from '../numbers.mjs';
import { createTable } from '../table.mjs';

/** Labels as one-hot vectors. */
export function createLabelsCard({ texts }) {
	const { title, text, caption, columns, current } = texts.labels;
	const table = createTable({ caption, columns, kind: 'codes' });
	table.show(texts.animals.map((name, index) => ({ cells: [name, vector(oneHot(index, texts.animals.length))] })));
	const live = element('p', { class: 'lesson-live' });
	return {
		title,
		body: [prose(text), table.element, live],
		show({ label, classNames }) {
			const target = vector(oneHot(label, classNames.length));
			live.replaceChildren(...inline(current(classNames[label], label, target)));
		},
	};
}
