/** The lesson: what a softmax classifier computes, step by step, with the numbers of the model and the image at hand. */
import { createAccuracyCard } from './cards/accuracy.mjs';
import { createFlattenCard } from './cards/flatten.mjs';
import { createLabelsCard } from './cards/labels.mjs';
import { createLinearCard } from './cards/linear.mjs';
import { createLossCard } from './cards/loss.mjs';
import { createPyTorchCard } from './cards/pytorch.mjs';
import { createSoftmaxCard } from './cards/softmax.mjs';
import { createTrainingCard } from './cards/training.mjs';
import { element } from './dom.mjs';
import { describeSample } from './sample.mjs';
import en from './texts/en.mjs';
import zh from './texts/zh.mjs';

const texts = { en, zh };
const creators = [
	createLabelsCard,
	createFlattenCard,
	createLinearCard,
	createSoftmaxCard,
	createLossCard,
	createAccuracyCard,
	createTrainingCard,
	createPyTorchCard,
];

/** Appends the lesson to `host` and returns what shows a model and an image in it. */
export function createLesson(host, { getLanguage, onLanguageChange }) {
	const list = host.appendChild(element('ol', { class: 'lesson' }));
	/** What the reader has chosen outlives a change of language. */
	const state = { logits: [2, 4, 6], truth: 2, row: 14, predictions: [0, 1, 2, 1], training: undefined };
	let cards = [];
	let sample;

	function build() {
		const language = texts[getLanguage()] ?? en;
		const onExample = () => {
			for (const card of cards) card.showExample?.();
		};
		cards = creators.map((create) => create({ texts: language, state, onExample }));
		list.replaceChildren(...cards.map(({ title, body }) => createItem(title, body)));
		onExample();
		show();
	}

	function show() {
		list.classList.toggle('lesson-waiting', !sample);
		if (!sample) return;
		for (const card of cards) card.show?.(sample);
	}

	onLanguageChange(build);
	build();
	return {
		update(given) {
			sample = describeSample(given);
			show();
		},
	};
}

function createItem(title, body) {
	return element('li', { class: 'lesson-card' }, element('h3', {}, title), ...body);
}
