/** The confusion matrix; every cell opens the images behind it. */
import { label, onLanguageChange, say } from '../language/index.mjs';
import { create, element } from '../page/dom.mjs';
import { displayName } from '../page/names.mjs';
import { whole } from '../page/numbers.mjs';
import { createTestImage } from './test-image.mjs';

const mostShown = 60;

export function createConfusion(session, getReport, choose) {
	const table = element('confusion');
	const dialog = element('cell');
	let cells = [];

	function build() {
		const { data } = session;
		const indices = [...data.classNames.keys()];
		const corner = create('th', { scope: 'col', className: 'corner' });
		say(corner, 'confusion.corner');
		const head = indices.map((index) =>
			create('th', { scope: 'col' }, create('span', { textContent: displayName(data, index) })),
		);
		cells = indices.map((truth) => indices.map((predicted) => createCell(truth, predicted)));
		const rows = cells.map((row, truth) => {
			const name = create('th', { scope: 'row', textContent: displayName(data, truth) });
			return create('tr', {}, name, ...row.map((button) => create('td', {}, button)));
		});
		table.replaceChildren(create('thead', {}, create('tr', {}, corner, ...head)), create('tbody', {}, ...rows));
		fill();
	}

	function createCell(truth, predicted) {
		const button = create('button', { type: 'button', className: truth === predicted ? 'hit' : 'miss' });
		button.addEventListener('click', () => open(truth, predicted));
		return button;
	}

	function fill() {
		const { data } = session;
		const matrix = getReport()?.confusionMatrix;
		for (const [truth, row] of cells.entries()) {
			const total = matrix?.[truth].reduce((a, b) => a + b, 0) || 1;
			for (const [predicted, button] of row.entries()) {
				const count = matrix?.[truth][predicted] ?? 0;
				button.textContent = matrix ? count : '';
				button.style.setProperty('--share', (count / total).toFixed(3));
				const names = { truth: () => displayName(data, truth), predicted: () => displayName(data, predicted) };
				label(button, 'confusion.cell', { ...names, count: () => whole(count) });
			}
		}
	}

	function open(truth, predicted) {
		const samples = getReport()?.samplesOf(truth, predicted) ?? [];
		const names = { truth: displayName(session.data, truth), predicted: displayName(session.data, predicted) };
		say(element('cell-title'), 'confusion.cell', { ...names, count: whole(samples.length) });
		const images = Array.from(samples.slice(0, mostShown), (index) => {
			return create(
				'li',
				{},
				createTestImage(session, index, (chosen) => {
					dialog.close();
					choose(chosen);
				}),
			);
		});
		element('cell-images').replaceChildren(...images);
		const more = element('cell-more');
		more.hidden = samples.length > 0 && samples.length <= mostShown;
		if (samples.length === 0) say(more, 'confusion.none');
		else say(more, 'confusion.more', { shown: mostShown, count: whole(samples.length) });
		dialog.showModal();
	}

	element('cell-close').addEventListener('click', () => dialog.close());
	session.on('data', build);
	session.on('prediction', fill);
	onLanguageChange(() => session.data && build());
}
