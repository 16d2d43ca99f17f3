/** One picture of weights per class, drawn while they are learned. */
import { label, onLanguageChange } from '../language/index.mjs';
import { create, element } from '../page/dom.mjs';
import { displayName } from '../page/names.mjs';
import { createCanvas, drawSigned, pixelCount, typicalLargest } from '../page/pixels.mjs';

export function createTemplates(session) {
	const list = element('templates');
	let items = [];

	function build() {
		items = session.data.classNames.map(() => {
			const canvas = createCanvas();
			canvas.ariaHidden = null;
			canvas.role = 'img';
			const name = create('span');
			return { canvas, name, item: create('li', {}, canvas, name) };
		});
		list.replaceChildren(...items.map(({ item }) => item));
		showNames();
	}

	function showNames() {
		for (const [index, { canvas, name }] of items.entries()) {
			name.textContent = displayName(session.data, index);
			label(canvas, 'templates.one', { name: () => displayName(session.data, index) });
		}
	}

	function draw() {
		const { weight } = session.weights;
		if (weight.length !== items.length * pixelCount) return;
		const largest = typicalLargest(weight);
		for (const [index, { canvas }] of items.entries()) {
			drawSigned(canvas, weight.subarray(index * pixelCount, (index + 1) * pixelCount), largest);
		}
	}

	session.on('data', build);
	session.on('weights', draw);
	onLanguageChange(() => session.data && showNames());
}
