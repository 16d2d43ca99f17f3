import { bar, element, formula, inline, prose } from '../dom.mjs';
import { format } from '../numbers.mjs';
import { createTable } from '../table.mjs';

/** One logit per class. */
export function createLinearCard({ texts }) {
	const { title, text, caption, bars, current } = texts.linear;
	const columns = [texts.class, '$w_c · x$', '$b_c$', '$z_c$', bars];
	const table = createTable({ caption, columns });
	const count = element('p', { class: 'lesson-live' });
	return {
		title,
		body: [prose(text), formula('z_c = w_c · x + b_c'), element('div', { class: 'lesson-live' }, table.element), count],
		show({ products, bias, logits, classNames, predicted, input }) {
			const largest = Math.max(...logits.map(Math.abs));
			const rows = classNames.map((name, row) => ({
				cells: [
					name,
					...[products[row], bias[row], logits[row]].map((value) => format(value)),
					bar(logits[row], largest, true),
				],
				isMarked: row === predicted,
			}));
			table.show(rows);
			count.replaceChildren(...inline(current(input.length, classNames.length, classNames[predicted])));
		},
	};
}
