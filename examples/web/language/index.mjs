/** The page's languages: what is marked with `data-text` or `data-label` follows the language by itself. */
import { english } from './en.mjs';
import { chinese } from './zh.mjs';

const texts = { en: english, zh: chinese };
const tags = { en: 'en', zh: 'zh-CN' };
const storageKey = 'softmax-simd-language';
const listeners = new Set();
const valuesOf = new WeakMap();
let language = remembered() ?? (navigator.language?.toLowerCase().startsWith('zh') ? 'zh' : 'en');

/** Storage may be forbidden, which is no reason not to show the page. */
function remembered() {
	try {
		const kept = localStorage.getItem(storageKey);
		return kept in texts ? kept : undefined;
	} catch {
		return undefined;
	}
}

export function getLanguage() {
	return language;
}

/** For Intl and the `lang` attribute. */
export function getLocale() {
	return tags[language];
}

/** @param values What stands for `{name}`; functions are asked anew whenever the language changes. */
export function translate(key, values = {}) {
	const text = texts[language][key] ?? texts.en[key];
	if (text === undefined) throw new Error(`no text for ${key}`);
	return text.replace(/\{(\w+)\}/g, (_, name) => {
		const value = values[name];
		return typeof value === 'function' ? value() : value;
	});
}

/** Writes a text that follows the language from now on. */
export function say(node, key, values) {
	node.dataset.text = key;
	valuesOf.set(node, values);
	node.textContent = translate(key, values);
}

/** The same for what only screen readers tell. */
export function label(node, key, values) {
	node.dataset.label = key;
	valuesOf.set(node, values);
	node.setAttribute('aria-label', translate(key, values));
}

export function setLanguage(wanted) {
	language = wanted;
	try {
		localStorage.setItem(storageKey, wanted);
	} catch {
		// Then it is asked for again next time.
	}
	fill();
	for (const listener of listeners) listener(language);
}

/** @returns what takes the listener away again */
export function onLanguageChange(listener) {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

export function fill(root = document) {
	document.documentElement.lang = getLocale();
	for (const node of root.querySelectorAll('[data-text]')) {
		node.textContent = translate(node.dataset.text, valuesOf.get(node));
	}
	for (const node of root.querySelectorAll('[data-label]')) {
		node.setAttribute('aria-label', translate(node.dataset.label, valuesOf.get(node)));
	}
}
