/** How to train, as the form has it. */
import { element } from '../page/dom.mjs';

const names = ['learningRate', 'batchSize', 'epochs', 'momentum', 'seed'];

export function createSettings(onChange) {
	const form = element('settings');
	form.addEventListener('change', onChange);
	return {
		form,
		read: () => Object.fromEntries(names.map((name) => [name, form.elements[name].valueAsNumber])),
		get isSlow() {
			return form.elements.slow.checked;
		},
		keep: () => ({
			...Object.fromEntries(names.map((name) => [name, form.elements[name].value])),
			slow: form.elements.slow.checked,
		}),
		restore(kept) {
			for (const name of names) if (kept[name] !== undefined) form.elements[name].value = kept[name];
			form.elements.slow.checked = kept.slow === true;
		},
	};
}
