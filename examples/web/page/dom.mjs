/** Short ways to make and find elements. */
export const element = (id) => document.getElementById(id);

/** @param properties Attributes where the name has a dash, else properties of the element. */
export function create(tag, properties = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (name.includes('-')) node.setAttribute(name, value);
		else node[name] = value;
	}
	node.append(...children);
	return node;
}

/** Disabled or gone, an element drops the keyboard's focus; it goes where it is needed next. */
export function keepFocus(next) {
	const { activeElement } = document;
	if (activeElement && activeElement !== document.body && !activeElement.matches(':disabled')) return;
	next?.focus({ preventScroll: true });
}
