/** Inputs in any form that users pass them in, read in slices of rows. */
import { badData, product, wrongType } from '../api/check.js';
import type { InvalidValueError } from '../api/errors.js';
import type { InputKind } from '../api/trainer-options.js';
import type { Inputs } from '../api/types.js';

/** Inputs that can be read in slices of rows; nothing is copied before they are read. */
export interface InputRows {
	kind: InputKind;
	count: number;
	features: number;
	/** The rows from `start` to `end`, `[(end − start) · D]`; may be a view of the user's array. */
	read(start: number, end: number): Uint8Array | Float32Array;
}

type Row = Uint8Array | Uint8ClampedArray | Float32Array | readonly number[];

const expectedInputs = 'a Uint8Array or Float32Array of all samples, or an array with one array of numbers per sample';

/**
 * @param shape shape of a sample where it is known
 * @param count number of samples where it is known from the labels
 * @throws InvalidTypeError, InvalidValueError where the inputs are empty or their length is no multiple of D
 */
export function readInputs(inputs: Inputs, shape: readonly number[] | undefined, count: number | undefined): InputRows {
	const features = shape && product(shape);
	if (isUint8(inputs) || inputs instanceof Float32Array) return flatRows(inputs, features, count);
	if (!Array.isArray(inputs)) throw wrongType('inputs', expectedInputs, inputs);
	return nestedRows(inputs, features);
}

function isUint8(value: unknown): value is Uint8Array | Uint8ClampedArray {
	return value instanceof Uint8Array || value instanceof Uint8ClampedArray;
}

function flatRows(
	inputs: Uint8Array | Uint8ClampedArray | Float32Array,
	features = 0,
	count = features ? inputs.length / features : 1,
): InputRows {
	if (inputs.length === 0) throw empty();
	const width = features || inputs.length / count;
	if (features && inputs.length % features !== 0) {
		const expected = `a multiple of ${features} values, the features of a sample`;
		throw badData('inputs', expected, `${inputs.length} values`);
	}
	if (inputs.length !== width * count || !Number.isInteger(width)) {
		const expected = `${count} samples, as many as labels,${features ? ` of ${features} values` : ''}`;
		const got = features ? `${inputs.length / features} samples` : `${inputs.length} values`;
		throw badData('inputs', expected, got);
	}
	return {
		kind: inputs instanceof Float32Array ? 'float32' : 'uint8',
		count,
		features: width,
		read: (start, end) => {
			const rows = inputs.subarray(start * width, end * width);
			return rows instanceof Uint8ClampedArray ? new Uint8Array(rows.buffer, rows.byteOffset, rows.length) : rows;
		},
	};
}

function nestedRows(inputs: readonly Row[], features: number = inputs[0]?.length ?? 0): InputRows {
	if (inputs.length === 0 || features === 0) throw empty();
	// By index: `forEach` would skip a hole, which has to be refused.
	for (let index = 0; index < inputs.length; index++) checkRow(inputs[index], index, features);
	const kind = inputs.every(isUint8) ? 'uint8' : 'float32';
	const ArrayType = kind === 'uint8' ? Uint8Array : Float32Array;
	return {
		kind,
		count: inputs.length,
		features,
		read: (start, end) => {
			const rows = new ArrayType((end - start) * features);
			for (let row = start; row < end; row++) rows.set(inputs[row], (row - start) * features);
			return rows;
		},
	};
}

function checkRow(row: unknown, index: number, features: number): void {
	if (!isUint8(row) && !(row instanceof Float32Array) && !Array.isArray(row)) {
		throw wrongType('inputs', 'an array of numbers', row, { row: index });
	}
	if (row.length !== features) {
		throw badData('inputs', `${features} values`, `${row.length}`, { row: index });
	}
	if (!Array.isArray(row)) return;
	const column = row.findIndex((value) => typeof value !== 'number');
	if (column >= 0) {
		throw wrongType('inputs', 'a number', row[column], { row: index, column });
	}
}

function empty(): InvalidValueError {
	return badData('inputs', 'at least one sample', 'none');
}
