import { element, prose } from '../dom.mjs';
import { lines } from '../pytorch-lines.mjs';
import { createTable } from '../table.mjs';

/** The textbook's program and ours, side by side. */
export function createPyTorchCard({ texts }) {
	const { title, text, caption, columns, names } = texts.pytorch;
	const table = createTable({ caption, columns, kind: 'codes' });
	table.show(lines.map(({ name, theirs, ours }) => ({ cells: [names[name], createCode(theirs), createCode(ours)] })));
	return { title, body: [prose(text), table.element] };
}

function createCode(codeLines) {
	return element('pre', {}, element('code', { translate: 'no' }, codeLines.join('\n')));
}
