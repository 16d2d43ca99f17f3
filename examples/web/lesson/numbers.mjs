/** Numbers as a reader of the lesson sees them. */
/** @type {Record<string, string>} */
const superscripts = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };

/**
 * Four decimals; what these would make 0, or too long, gets a power of ten.
 *
 * @param {number} number
 */
export function format(number, digits = 4) {
	if (number === 0) return '0';
	if (!Number.isFinite(number)) return Number.isNaN(number) ? '–' : `${number < 0 ? '−' : ''}∞`;
	const size = Math.abs(number);
	const isPlain = size >= 0.5 * 10 ** -digits && size < 1e6;
	return (isPlain ? number.toFixed(digits) : power(number)).replace(/^-/, '−');
}

/** @param {number} number */
function power(number) {
	const [mantissa, exponent] = number.toExponential(1).split('e');
	const raised = Array.from(exponent.replace('+', ''), (character) => superscripts[character]);
	return `${mantissa} × 10${raised.join('')}`;
}

/** @param {number} fraction */
export function percent(fraction) {
	return `${(100 * fraction).toFixed(2)} %`;
}

/** @param {Iterable<unknown>} numbers */
export function vector(numbers) {
	return `(${Array.from(numbers).join(', ')})`;
}
