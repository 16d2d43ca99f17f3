/** Numbers and tables as text. */

/** Nothing to tell. */
const none = '–';

function orNone(value, format) {
	return Number.isFinite(value) ? format(value) : none;
}

/** With three digits that count, and no more after the point than are worth reading. */
export function digits(value) {
	return orNone(value, () => {
		if (value >= 100) return Math.round(value).toLocaleString('en-US');
		return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
	});
}

export function ratio(value) {
	return orNone(value, () => `${value.toFixed(value < 10 ? 2 : 1)} ×`);
}

export function percent(value, places = 0) {
	return orNone(value, () => `${(100 * value).toFixed(places)} %`);
}

export function whole(value) {
	return orNone(value, () => Math.round(value).toLocaleString('en-US'));
}

export function millions(value) {
	return orNone(value, () => (value / 1e6).toFixed(2));
}

/**
 * A Markdown table that is also readable as it is.
 *
 * @param columns `[heading, cell]`: `cell(row)` is its text. The first is set left, all others right.
 */
export function table(columns, rows) {
	const cells = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
	const widths = columns.map((_, column) => Math.max(3, ...cells.map((line) => line[column].length)));
	const pad = (text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]));
	const lines = cells.map((line) => `| ${line.map(pad).join(' | ')} |`);
	const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
	return [lines[0], `| ${rule.join(' | ')} |`, ...lines.slice(1)].join('\n');
}
