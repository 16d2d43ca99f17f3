/** The switch between languages. */
import { fill, getLanguage, onLanguageChange, setLanguage, translate } from '../language/index.mjs';
import { element } from './dom.mjs';

export function createLanguageSwitch() {
	const buttons = [...element('languages').querySelectorAll('button')];
	const show = () => {
		document.title = translate('title');
		for (const button of buttons) button.setAttribute('aria-pressed', String(button.value === getLanguage()));
	};
	for (const button of buttons) button.addEventListener('click', () => setLanguage(button.value));
	onLanguageChange(show);
	fill();
	show();
}
