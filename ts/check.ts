/** Checks of arguments, each with an error that says the field, what was expected and what came. */
import { InvalidTypeError, InvalidValueError } from './errors.js';

/** A short description of any value, for "got …". */
export function show(value: unknown): string {
	if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
	if (typeof value === 'bigint') return `${value}n`;
	if (typeof value === 'function') return 'a function';
	if (typeof value !== 'object' || value === null) return String(value);
	if (Array.isArray(value)) return value.length > 8 ? `an array of ${value.length}` : `[${value.map(show).join(', ')}]`;
	const name = value.constructor?.name ?? 'object';
	if (ArrayBuffer.isView(value) && 'length' in value) return `${name}(${value.length})`;
	return name === 'Object' ? 'an object' : `a ${name}`;
}

/** Refuses anything but a plain object that has no other keys than `known`. */
export function checkKeys(field: string, value: unknown, known: readonly string[]): void {
	if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
		throw new InvalidTypeError({ field, expected: `an object with ${known.join(', ')}`, got: show(value) });
	}
	for (const key of Object.keys(value)) {
		if (known.includes(key)) continue;
		throw new InvalidTypeError({ field, expected: `only ${known.join(', ')}`, got: show(key) }, 'UNKNOWN_OPTION');
	}
}

/** An integer from `least` to `most`. */
export function checkInteger(field: string, value: unknown, least: number, most: number): number {
	const expected = `an integer from ${least} to ${most}`;
	if (typeof value !== 'number') throw new InvalidTypeError({ field, expected, got: show(value) });
	if (Number.isInteger(value) && value >= least && value <= most) return value;
	throw new InvalidValueError({ field, expected, got: show(value) });
}

/** A finite number that passes `test`. */
export function checkNumber(
	field: string,
	value: unknown,
	expected = 'a finite number',
	test: (value: number) => boolean = () => true,
): number {
	if (typeof value !== 'number') throw new InvalidTypeError({ field, expected, got: show(value) });
	if (Number.isFinite(value) && test(value)) return value;
	throw new InvalidValueError({ field, expected, got: show(value) });
}

export function checkBoolean(field: string, value: unknown): boolean {
	if (typeof value === 'boolean') return value;
	throw new InvalidTypeError({ field, expected: 'true or false', got: show(value) });
}

/** A function, or nothing. */
export function checkFunction(field: string, value: unknown): void {
	if (value === undefined || typeof value === 'function') return;
	throw new InvalidTypeError({ field, expected: 'a function', got: show(value) });
}

/** Distinct names of at least two classes. */
export function checkClassNames(field: string, value: unknown): string[] {
	const expected = `2 to ${MAX_CLASSES} distinct strings`;
	if (!Array.isArray(value)) throw new InvalidTypeError({ field, expected, got: show(value) });
	const names: unknown[] = Array.from(value);
	const other = names.findIndex((name) => typeof name !== 'string');
	if (other >= 0) throw new InvalidTypeError({ field, expected, got: show(names[other]) });
	const seen = new Set<unknown>();
	for (const name of names) {
		if (seen.has(name)) throw new InvalidValueError({ field, expected, got: `${show(name)} twice` });
		seen.add(name);
	}
	if (names.length < 2 || names.length > MAX_CLASSES) {
		throw new InvalidValueError({ field, expected, got: `${names.length} names` });
	}
	return names as string[];
}

/** The dimensions of one sample. */
export function checkShape(field: string, value: unknown): number[] {
	const shape: unknown[] = Array.isArray(value) ? Array.from(value) : [value];
	if (shape.length === 0) throw new InvalidValueError({ field, expected: 'at least one dimension', got: '[]' });
	const dimensions = shape.map((dimension) => checkInteger(field, dimension, 1, MAX_FEATURES));
	checkInteger(`${field} (product)`, product(dimensions), 1, MAX_FEATURES);
	return dimensions;
}

export function product(dimensions: readonly number[]): number {
	return dimensions.reduce((total, dimension) => total * dimension, 1);
}

/** Most classes that a uint16 label can name. */
export const MAX_CLASSES = 65_535;
/** Most features of one sample. */
export const MAX_FEATURES = 2 ** 24;
/** Most weights C · D: with their gradient and the kernel's copy they take 2 GB. */
export const MAX_WEIGHTS = 2 ** 27;
