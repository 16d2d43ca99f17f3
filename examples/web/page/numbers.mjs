/** Numbers as the page's language writes them. */
import { getLocale } from '../language/index.mjs';

export const percent = (fraction, digits = 1) => `${(100 * fraction).toFixed(digits)} %`;

export const whole = (number) => Math.round(number).toLocaleString(getLocale());

export const fixed = (number, digits = 2) => number.toFixed(digits).replace('-', '−');

export const reasonOf = (error) => (error instanceof Error ? error.message : String(error));
