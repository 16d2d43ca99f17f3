/** Precision, recall, F1 and support of every class. */
import { onLanguageChange, say } from '../language/index.mjs';
import { create, element } from '../page/dom.mjs';
import { displayName } from '../page/names.mjs';
import { percent, whole } from '../page/numbers.mjs';

export function createScores(session, getReport) {
	function show() {
		const report = getReport();
		const { data } = session;
		const rows = data.classNames.map((_, index) => {
			const name = create('th', { scope: 'row', textContent: displayName(data, index) });
			return create('tr', {}, name, ...cells(report?.classes[index], report?.classes[index].support));
		});
		const mean = create('th', { scope: 'row' });
		say(mean, 'scores.average');
		element('scores').replaceChildren(
			...rows,
			create('tr', { className: 'mean' }, mean, ...cells(report?.macroAverage, report?.count)),
		);
	}

	session.on('data', show);
	session.on('prediction', show);
	onLanguageChange(() => session.data && show());
}

function cells(scores, support) {
	const texts = ['precision', 'recall', 'f1'].map((name) => (scores ? percent(scores[name]) : '–'));
	return [...texts, support === undefined ? '–' : whole(support)].map((textContent) => create('td', { textContent }));
}
