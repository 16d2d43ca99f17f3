/** Tables that scroll in a box of their own where the page is narrow. */
import { element, inline } from './dom.mjs';

/** `columns` are the heads; `show` fills the body with rows `{ cells, isMarked }`, the first cell being the row's head. */
export function createTable({ caption, columns, kind = 'numbers' }) {
	const body = element('tbody');
	const heads = columns.map((column) => element('th', { scope: 'col' }, ...inline(column)));
	const table = element(
		'table',
		{ class: `lesson-table lesson-${kind}` },
		element('caption', {}, ...inline(caption)),
		element('thead', {}, element('tr', {}, ...heads)),
		body,
	);
	return {
		element: scrollBox(caption.replace(/[`$_]/g, ''), table),
		show(rows) {
			body.replaceChildren(...rows.map(createRow));
		},
	};
}

function createRow({ cells: [head, ...cells], isMarked }) {
	const others = cells.map((cell) => element('td', {}, cell));
	return element('tr', isMarked ? { class: 'lesson-marked' } : {}, element('th', { scope: 'row' }, head), ...others);
}

/** Reached by the keyboard only while there is something to scroll. */
export function scrollBox(label, content) {
	const box = element('div', { class: 'lesson-scroll' }, content);
	const observer = new ResizeObserver(() => {
		const scrolls = box.scrollWidth > box.clientWidth;
		const attributes = { tabindex: '0', role: 'region', 'aria-label': label };
		for (const [name, value] of Object.entries(attributes)) {
			if (scrolls) box.setAttribute(name, value);
			else box.removeAttribute(name);
		}
	});
	observer.observe(box);
	observer.observe(content);
	return box;
}
