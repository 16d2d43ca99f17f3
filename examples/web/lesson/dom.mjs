/** What the cards are made of. */
let fields = 0;

/** An element; texts among the children are written as they are. */
export function element(tag, attributes = {}, ...children) {
	const created = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
	created.append(...children);
	return created;
}

/** A paragraph or another element of text in which `…` is code and $…$ a formula. */
export function prose(text, tag = 'p', attributes = {}) {
	return element(tag, attributes, ...inline(text));
}

/** A formula on a line of its own: _c is a subscript, ^T a superscript. */
export function formula(text) {
	return element('p', { class: 'lesson-formula' }, ...symbols(text));
}

export function inline(text) {
	return text.split(/(`[^`]+`|\$[^$]+\$)/).map((part) => {
		if (part.startsWith('`')) return element('code', {}, part.slice(1, -1));
		if (part.startsWith('$')) return element('span', { class: 'lesson-math' }, ...symbols(part.slice(1, -1)));
		return part;
	});
}

function symbols(text) {
	return text.split(/([_^]\w+)/).map((part) => {
		if (part.startsWith('_')) return element('sub', {}, part.slice(1));
		if (part.startsWith('^')) return element('sup', {}, part.slice(1));
		return part;
	});
}

/** A label over a control. */
export function field(text, control) {
	control.id = `lesson-field-${++fields}`;
	return element('div', { class: 'lesson-field' }, prose(text, 'label', { for: control.id }), control);
}

export function numberInput(value, attributes = {}) {
	return element('input', { type: 'number', step: 'any', inputmode: 'decimal', value: String(value), ...attributes });
}

export function select(names, chosen) {
	const control = element(
		'select',
		{},
		...names.map((name, index) => element('option', { value: String(index) }, name)),
	);
	control.value = String(chosen);
	return control;
}

/** A bar from 0 to `value`, as long as its share of `largest`; with a sign it starts in the middle. */
export function bar(value, largest, isSigned = false) {
	const share = Math.min(1, Math.abs(value) / largest || 0) * (isSigned ? 50 : 100);
	const fill = element('span', { class: signOf(value, isSigned) });
	fill.style.width = `${share}%`;
	if (isSigned) fill.style.insetInlineStart = `${value < 0 ? 50 - share : 50}%`;
	return element('span', { class: `lesson-bar${isSigned ? ' lesson-signed' : ''}`, 'aria-hidden': 'true' }, fill);
}

function signOf(value, isSigned) {
	if (!isSigned) return 'lesson-plain';
	return value < 0 ? 'lesson-negative' : 'lesson-positive';
}
