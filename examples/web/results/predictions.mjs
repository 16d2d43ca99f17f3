/** A grid of test images with what the model says about them. */
import { onLanguageChange, say } from '../language/index.mjs';
import { element } from '../page/dom.mjs';
import { whole } from '../page/numbers.mjs';
import { createTestImage } from './test-image.mjs';

const shown = 30;

export function createPredictions(session, choose) {
	const list = element('predictions');
	const choice = element('predictions-choice');

	function show() {
		const { data, prediction } = session;
		if (!data) return;
		const { labels, count } = data.test;
		const all = Array.from({ length: count }, (_, index) => index);
		const wrong = all.filter((index) => prediction && prediction.classIndices[index] !== labels[index]);
		const chosen = (choice.value === 'wrong' ? wrong : all).slice(0, shown);
		const focused = document.activeElement?.closest('#predictions button')?.dataset.index;
		list.replaceChildren(
			...chosen.map((index) => {
				const item = document.createElement('li');
				item.append(createTestImage(session, index, choose));
				return item;
			}),
		);
		// The images are new ones, but who stood on one still does.
		if (focused) (list.querySelector(`[data-index="${focused}"]`) ?? choice).focus({ preventScroll: true });
		const numbers = { wrong: () => whole(wrong.length), count: () => whole(count) };
		say(element('predictions-count'), prediction ? 'predictions.count' : 'predictions.none', numbers);
	}

	choice.addEventListener('change', show);
	session.on('data', show);
	session.on('prediction', show);
	onLanguageChange(show);
}
