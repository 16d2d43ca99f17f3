/** JSON without two things that JSON.parse accepts: repeated keys, and unlimited nesting. */
import { badFile, show, wrongType } from '../api/check.js';
import { InvalidTypeError } from '../api/errors.js';

/** A value that JSON can express. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
/** An object in JSON; members that are undefined are left out. */
export interface JsonObject {
	readonly [key: string]: JsonValue | undefined;
}

/** The limit of serde_json, which the reference implementation of safetensors uses. */
const MAX_DEPTH = 127;

/** @throws InvalidValueError with code `INVALID_FILE` */
export function parseObject(field: string, text: string): Record<string, unknown> {
	const value = parseJson(field, text);
	if (!isObject(value)) throw badFile(field, 'a JSON object', show(value));
	return value;
}

/** @throws InvalidValueError with code `INVALID_FILE` where it is not JSON, too deep, or an object has a key twice. */
export function parseJson(field: string, text: string): unknown {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		const got = error instanceof Error ? error.message : String(error);
		throw Object.assign(badFile(field, 'JSON', got), { cause: error });
	}
	checkStructure(field, text);
	return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Refuses values that JSON would silently drop or change: functions, typed arrays, class instances, NaN. Members that are
 * undefined count as absent.
 */
export function checkJsonObject(field: string, value: unknown, depth = 1): void {
	const isPlain = isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
	if (!isPlain) throw wrongType(field, 'a plain object', value);
	checkMembers(field, value, depth);
}

function checkMembers(field: string, container: object, depth: number): void {
	if (depth > MAX_DEPTH) throw new InvalidTypeError({ field, expected: `at most ${MAX_DEPTH} levels`, got: 'more' });
	for (const [key, value] of Object.entries(container)) {
		const member = `${field}.${key}`;
		if (Array.isArray(value)) checkMembers(member, value, depth + 1);
		else if (typeof value === 'object' && value !== null) checkJsonObject(member, value, depth + 1);
		else if (!['string', 'boolean', 'undefined'].includes(typeof value) && value !== null && !Number.isFinite(value)) {
			throw wrongType(member, 'what JSON can say', value);
		}
	}
}

/** Checks keys and nesting of a text that is valid JSON. */
function checkStructure(field: string, text: string): void {
	const open: Set<string>[] = [];
	for (let i = 0; i < text.length; i++) {
		const character = text[i];
		if (character === '{' || character === '[') {
			open.push(new Set());
			if (open.length > MAX_DEPTH) throw badFile(field, `at most ${MAX_DEPTH} levels of nesting`, 'more');
		} else if (character === '}' || character === ']') {
			open.pop();
		} else if (character === '"') {
			const end = stringEnd(text, i);
			if (isFollowedByColon(text, end)) {
				const keys = open[open.length - 1];
				const key: string = JSON.parse(text.slice(i, end));
				if (keys.has(key)) throw badFile(field, 'every key once', `${show(key)} twice`);
				keys.add(key);
			}
			i = end - 1;
		}
	}
}

/** The position after the string that starts at `start`. A regular expression's stack would overflow on long strings. */
function stringEnd(text: string, start: number): number {
	let i = start + 1;
	while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
	return i + 1;
}

function isFollowedByColon(text: string, end: number): boolean {
	let i = end;
	while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
	return text[i] === ':';
}
