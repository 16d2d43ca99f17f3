/** Checks of arguments. Each throws an error that names the field, what was expected and what was passed. */

import { type ErrorCode, type ErrorDetails, InvalidTypeError, InvalidValueError } from './errors.js';
import type { TrainerOptions } from './options.js';
import type { Precision } from './types.js';

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

/** The sample and the feature that are wrong. */
type Place = Pick<ErrorDetails, 'row' | 'column'>;

export function wrongType(field: string, expected: string, value: unknown, place?: Place): InvalidTypeError {
	return new InvalidTypeError({ field, expected, got: show(value), ...place });
}

export function wrongValue(field: string, expected: string, value: unknown, place?: Place): InvalidValueError {
	return badValue(field, expected, show(value), place);
}

/** @param got in words */
export function badValue(
	field: string,
	expected: string,
	got: string,
	place?: Place,
	code?: ErrorCode,
): InvalidValueError {
	return new InvalidValueError({ field, expected, got, ...place }, code);
}

/** @param got in words */
export function badData(field: string, expected: string, got: string, place?: Place): InvalidValueError {
	return badValue(field, expected, got, place, 'INVALID_DATA');
}

/**
 * The error of a file that is missing or damaged, or is not what it should be.
 *
 * @param got in words
 */
export function badFile(field: string, expected: string, got: string, place?: Place): InvalidValueError {
	return badValue(field, expected, got, place, 'INVALID_FILE');
}

/** Refuses anything but a plain object that has no other keys than `known`. */
export function checkKeys(field: string, value: unknown, known: readonly string[]): void {
	if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
		throw wrongType(field, `an object with ${known.join(', ')}`, value);
	}
	for (const key of Object.keys(value)) {
		if (known.includes(key)) continue;
		throw new InvalidTypeError({ field, expected: `only ${known.join(', ')}`, got: show(key) }, 'UNKNOWN_OPTION');
	}
}

/** A value that passes `check`, or nothing. */
export function optional<T, U>(value: T | undefined, check: (value: T) => U): U | undefined {
	return value === undefined ? undefined : check(value);
}

/** An integer from `least` to `most`. */
export function checkInteger(field: string, value: unknown, least: number, most: number): number {
	const expected = `an integer from ${least} to ${most}`;
	if (typeof value !== 'number') throw wrongType(field, expected, value);
	if (Number.isInteger(value) && value >= least && value <= most) return value;
	throw wrongValue(field, expected, value);
}

/** A finite number that passes `test`. */
export function checkNumber(
	field: string,
	value: unknown,
	expected = 'a finite number',
	test: (value: number) => boolean = () => true,
): number {
	if (typeof value !== 'number') throw wrongType(field, expected, value);
	if (Number.isFinite(value) && test(value)) return value;
	throw wrongValue(field, expected, value);
}

export function checkBoolean(field: string, value: unknown): boolean {
	if (typeof value === 'boolean') return value;
	throw wrongType(field, 'true or false', value);
}

/** The bytes of a file that is in memory as a whole, as a view of them. */
export function checkBytes(field: string, value: unknown): Uint8Array {
	// Not the array itself, which may be a Node Buffer: its slice would be a view instead of a copy.
	if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.length);
	if (value instanceof ArrayBuffer) return new Uint8Array(value);
	throw wrongType(field, 'Uint8Array or ArrayBuffer', value);
}

/**
 * A Float32Array of finite values.
 *
 * @param lengths how many there may be; any number where left out
 * @param features for values in rows of that many: an error then names row and column
 */
export function checkFloats(
	field: string,
	value: unknown,
	lengths?: readonly number[],
	features?: number,
): Float32Array {
	if (!(value instanceof Float32Array)) throw wrongType(field, 'a Float32Array', value);
	if (lengths && !lengths.includes(value.length)) {
		throw badValue(field, `${lengths.join(' or ')} values`, `${value.length} values`);
	}
	const index = value.findIndex((element) => !Number.isFinite(element));
	if (index < 0) return value;
	const place = features ? { row: Math.floor(index / features), column: index % features } : { column: index };
	throw wrongValue(field, 'a finite number', value[index], place);
}

/** A function, or nothing. */
export function checkFunction(field: string, value: unknown): void {
	if (value === undefined || typeof value === 'function') return;
	throw wrongType(field, 'a function', value);
}

/** Distinct names of at least two classes. */
export function checkClassNames(field: string, value: unknown): string[] {
	const expected = `2 to ${MAX_CLASSES} distinct strings`;
	if (!Array.isArray(value)) throw wrongType(field, expected, value);
	const names: unknown[] = Array.from(value);
	const other = names.findIndex((name) => typeof name !== 'string');
	if (other >= 0) throw wrongType(field, expected, names[other]);
	const seen = new Set<unknown>();
	for (const name of names) {
		if (seen.has(name)) throw badValue(field, expected, `${show(name)} twice`);
		seen.add(name);
	}
	if (names.length < 2 || names.length > MAX_CLASSES) {
		throw badValue(field, expected, `${names.length} names`);
	}
	return names as string[];
}

/** The dimensions of one sample. */
export function checkShape(field: string, value: unknown): number[] {
	const shape: unknown[] = Array.isArray(value) ? Array.from(value) : [value];
	if (shape.length === 0) throw badValue(field, 'at least one dimension', '[]');
	const dimensions = shape.map((dimension) => checkInteger(field, dimension, 1, MAX_FEATURES));
	checkInteger(`${field} (product)`, product(dimensions), 1, MAX_FEATURES);
	return dimensions;
}

export function product(dimensions: readonly number[]): number {
	return dimensions.reduce((total, dimension) => total * dimension, 1);
}

const precisions: readonly unknown[] = ['auto', 'float32', 'fixed16'] satisfies TrainerOptions['precision'][];

export function checkSeed(field: string, value: unknown): number {
	return checkInteger(field, value, 0, 2 ** 32 - 1);
}

/** The standard deviation of initial weights. */
export function checkInitStd(field: string, value: unknown): number {
	return checkNumber(field, value, 'a finite number ≥ 0', (deviation) => deviation >= 0);
}

export function checkPrecision(field: string, value: unknown): 'auto' | Precision {
	if (precisions.includes(value)) return value as 'auto' | Precision;
	throw wrongValue(field, precisions.map(show).join(' or '), value);
}

/** The largest number of classes: labels are uint16. */
export const MAX_CLASSES = 65_535;
/** The largest number of features of one sample. */
export const MAX_FEATURES = 2 ** 24;
/** The largest epoch of a state: the next one's number must be a uint32, which decides its shuffle. */
export const MAX_EPOCH = 2 ** 32 - 2;
/** The largest number of weights C · D: with their gradient and the kernel's copy they take 2 GB. */
export const MAX_WEIGHTS = 2 ** 27;
