/** recipes.md. */
import { table, whole } from '../report/format.mjs';
import { mean } from '../statistics.mjs';
import { recipes, variations } from './recipes.mjs';

/** A row for every name, a column for every task. */
function tableOf(names, results, cell) {
	const columns = results.map(({ title, measured }) => [title, (name) => cell(measured[name])]);
	return table([['', (name) => name], ...columns], names);
}

function meanOf(reports, key) {
	return mean(reports.map((report) => report[key])).toFixed(3);
}

function accuracyAndLoss(reports) {
	return `${meanOf(reports, 'accuracy')} / ${meanOf(reports, 'loss')}`;
}

/** The least and the greatest accuracy of the recommended recipe. */
function spread({ measured }) {
	const accuracies = measured['`weightDecay: 1e-3`'].map(({ accuracy }) => accuracy);
	return `${Math.min(...accuracies).toFixed(3)} to ${Math.max(...accuracies).toFixed(3)}`;
}

/** @param results for every task `{ title, train, test, splits, measured }`: three counts, and by the name of the row a report for every split. */
export function toMarkdown(results) {
	const tasks = table(
		[
			['', ({ title }) => title],
			['training samples', ({ train }) => whole(train)],
			['test samples', ({ test }) => whole(test)],
			['splits', ({ splits }) => whole(splits)],
			['accuracies of `1e-3`', spread],
		],
		results,
	);
	return `# Recipes for embeddings

bench/recipes/README.md says what was measured, and how. All numbers below the first table are means over the splits.

${tasks}

## Test accuracy / loss

${tableOf(Object.keys(recipes), results, accuracyAndLoss)}

## Variations of \`weightDecay: 1e-3\`: test accuracy / loss

${tableOf(Object.keys(variations), results, accuracyAndLoss)}

## Expected calibration error

${tableOf(Object.keys({ ...recipes, ...variations }), results, (reports) => meanOf(reports, 'expectedCalibrationError'))}
`;
}
