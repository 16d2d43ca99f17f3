/** The header of an NPY file: a Python dictionary of `descr`, `fortran_order` and `shape`. */
import { show } from '../api/check.js';
import { InvalidValueError } from '../api/errors.js';
import { concatenate, elementsOf, fileError } from './file.js';

export interface NpyHeader {
	/** Byte order and type of the elements, e.g. `<f4`. */
	descr: string;
	fortranOrder: boolean;
	shape: number[];
	/** Bytes from the start of the file to the first element. */
	length: number;
}

const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** numpy.load refuses longer ones too, unless told to trust the file. */
const MAX_HEADER_CHARACTERS = 10_000;

/** numpy leaves room to write the largest first dimension in place. */
const GROWTH_DIGITS = 21;

/** numpy has no arrays of more. */
export const MAX_DIMENSIONS = 64;

const ALIGNMENT = 64;

/** A key, then a string, a boolean or a tuple, then a comma or the end. */
const member =
	/\s*(['"])(?<key>\w+)\1\s*:\s*(?:(['"])(?<text>[^'"\\]*)\3|(?<boolean>True|False)|\((?<tuple>[\d\s,L]*)\))\s*(?:,|$)/y;

/** The inside of a tuple's parentheses, where one element needs a comma after it. Python 2 wrote 3L for some integers. */
const tupleOfSizes = /^(?:\d+L?\s*,\s*(?:\d+L?\s*(?:,\s*\d+L?\s*)*,?)?)?$/;

/** @throws InvalidValueError with code `INVALID_FILE`, or `UNSUPPORTED` for elements that are structures. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
	const { text, length } = readHeaderText(bytes);
	const fail = (expected: string, got: string) => fileError('npy header', expected, got);
	const literal = text.trim();
	if (!literal.startsWith('{') || !literal.endsWith('}')) throw fail('a Python dictionary', show(text));
	const { descr, fortran_order: fortranOrder, shape } = readMembers(literal.slice(1, -1).trim());
	if (descr === undefined || fortranOrder === undefined || shape === undefined) {
		throw fail('descr, fortran_order and shape', show(text));
	}
	if (fortranOrder.boolean === undefined) throw fail('fortran_order True or False', show(text));
	if (descr.text === undefined) throw fail('descr in quotes', show(text));
	return {
		descr: descr.text,
		fortranOrder: fortranOrder.boolean === 'True',
		shape: readShape(shape.tuple),
		length,
	};
}

function readHeaderText(bytes: Uint8Array): { text: string; length: number } {
	if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
		throw fileError('npy magic', '93 4e 55 4d 50 59 and a version', 'something else');
	}
	const [major, minor] = bytes.subarray(6);
	if (major < 1 || major > 3 || minor !== 0) throw fileError('npy version', '1.0, 2.0 or 3.0', `${major}.${minor}`);
	const start = major === 1 ? 10 : 12;
	if (bytes.length < start) throw fileError('npy header', `at least ${start} bytes`, `a file of ${bytes.length}`);
	const view = new DataView(bytes.buffer, bytes.byteOffset);
	const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
	const most = Math.min(bytes.length - start, MAX_HEADER_CHARACTERS);
	if (headerLength > most) throw fileError('npy header', `at most ${most} bytes`, `a length of ${headerLength}`);
	const length = start + headerLength;
	// Whatever may stand in it is ASCII: other characters occur in the field names of structures only.
	return { text: String.fromCharCode(...bytes.slice(start, length)), length };
}

/** What the keys stand for: of each value, the one of its three possible forms that it has. */
type Member = Partial<Record<'text' | 'boolean' | 'tuple', string>>;

function readMembers(text: string): Record<string, Member | undefined> {
	const members = new Map<string, Member>();
	member.lastIndex = 0;
	while (member.lastIndex < text.length) {
		const start = member.lastIndex;
		const { key = '', ...value } = member.exec(text)?.groups ?? {};
		if (key === '') throw unreadable(text.slice(start));
		if (!['descr', 'fortran_order', 'shape'].includes(key) || members.has(key)) {
			throw fileError('npy header', 'descr, fortran_order and shape, once each', show(key));
		}
		members.set(key, value);
	}
	return Object.fromEntries(members);
}

/** A list is how numpy describes structures, which are beyond this reader; anything else is damage. */
function unreadable(rest: string): InvalidValueError {
	const code = /^\s*['"]descr['"]\s*:\s*\[/.test(rest) ? 'UNSUPPORTED' : 'INVALID_FILE';
	return new InvalidValueError(
		{ field: 'npy header', expected: 'a string, a boolean or a tuple', got: show(rest) },
		code,
	);
}

function readShape(tuple: string | undefined): number[] {
	const isTuple = tuple !== undefined && tupleOfSizes.test(tuple.trim());
	const shape = (isTuple && tuple.match(/\d+/g)?.map(Number)) || [];
	if (isTuple && elementsOf(shape) !== undefined) return shape;
	throw fileError('npy shape', 'a tuple of sizes', show(tuple));
}

/** @param shape whole numbers, at most `MAX_DIMENSIONS` of them. */
export function encodeNpyHeader(descr: string, shape: readonly number[]): Uint8Array {
	const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
	const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
	const growth = shape.length > 0 ? ' '.repeat(GROWTH_DIGITS - String(shape[0]).length) : '';
	const text = `${dictionary}${growth}`;
	// Like numpy, a whole line of padding where none is needed.
	const length = (Math.floor((10 + text.length + 1) / ALIGNMENT) + 1) * ALIGNMENT - 10;
	const prefix = new Uint8Array(10);
	prefix.set(magic);
	prefix[6] = 1;
	new DataView(prefix.buffer).setUint16(8, length, true);
	return concatenate([prefix, new TextEncoder().encode(`${text.padEnd(length - 1)}\n`)]);
}
