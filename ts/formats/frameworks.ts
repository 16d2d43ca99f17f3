/** Weights trained by PyTorch or scikit-learn. */
import { badFile, checkFloats, MAX_CLASSES, MAX_FEATURES, MAX_WEIGHTS, show } from '../api/check.js';
import type { Weights } from '../api/types.js';
import { type FileBytes, inFile } from './file.js';
import { type NpyArray, readNpy } from './npy.js';
import { readSafetensors } from './safetensors.js';

/** Weights for `setWeights`, and the sizes of the model they belong to. */
export interface ImportedWeights extends Weights {
	/** C. */
	classes: number;
	/** D. */
	features: number;
}

/** The largest number of names that an error lists. */
const LISTED_NAMES = 12;

/**
 * Reads a PyTorch model that is one linear layer, from its `state_dict` in safetensors: the file that
 * `safetensors.torch.save_file(model.state_dict(), path)` writes.
 *
 * The tensors are `weight` `[C, D]` and `bias` `[C]`, behind any prefix; a layer without bias gets zeros. They apply to
 * the inputs as PyTorch saw them: where it divided pixels by 255, `inputScale` must be 1/255, the default for Uint8.
 *
 * @param file the whole file; not changed.
 * @throws InvalidValueError with code `INVALID_FILE` where the file is damaged, or has other contents than one linear
 *   layer, which the error lists; with code `UNSUPPORTED` where the numbers are none of F16, BF16, F32 and F64.
 */
export function importPyTorch(file: FileBytes): ImportedWeights {
	const { tensors } = readSafetensors(file);
	const names = Object.keys(tensors);
	const weightName = names.find((name) => /(^|\.)weight$/.test(name) && tensors[name].shape.length === 2);
	const biasName = weightName?.replace(/weight$/, 'bias');
	if (weightName === undefined || names.some((name) => name !== weightName && name !== biasName)) {
		const listed = names.slice(0, LISTED_NAMES).map((name) => `${name} ${show(tensors[name].shape)}`);
		const rest = names.length > LISTED_NAMES ? ` and ${names.length - LISTED_NAMES} more` : '';
		throw badFile('state_dict', 'one linear layer: weight [C, D] and bias [C]', listed.join(', ') + rest || 'nothing');
	}
	const weight = tensors[weightName];
	const [classes, features] = weight.shape;
	const bias = biasName !== undefined && Object.hasOwn(tensors, biasName) ? tensors[biasName] : undefined;
	checkSizes(weightName, weight.shape, 2);
	checkBiasShape(`${biasName}`, bias?.shape ?? [classes], classes);
	return checkNumbers({ weight: weight.data, bias: bias?.data ?? new Float32Array(classes), classes, features });
}

/**
 * Reads a scikit-learn LogisticRegression from what `numpy.save` makes of its `coef_` and `intercept_`.
 *
 * Numbers are rounded to float32. A model of two classes has one row there, for the logit z of the second class; it
 * becomes two rows of −z/2 and z/2, whose softmax is the same sigmoid of z. The weights apply to the inputs as
 * scikit-learn saw them: where these were scaled, `inputScale` and `inputShift` must say the same.
 *
 * @param coef the file of `coef_`, `[C, D]`, or `[1, D]` for two classes.
 * @param intercept the file of `intercept_`, `[C]` or `[1]`.
 * @throws InvalidValueError with code `INVALID_FILE` where a file is damaged or they do not fit together; with code
 *   `UNSUPPORTED` where the numbers are of another type than readNpy reads.
 */
export function importScikitLearn(coef: FileBytes, intercept: FileBytes): ImportedWeights {
	const weight = readNpy(coef);
	const bias = readNpy(intercept);
	const [rows, features] = weight.shape;
	checkSizes('coef_', weight.shape, 1);
	checkBiasShape('intercept_', bias.shape, rows);
	const classes = Math.max(rows, 2);
	const toRows = ({ data }: NpyArray) => (rows === 1 ? splitLogit(data) : Float32Array.from(data));
	return checkNumbers({ weight: toRows(weight), bias: toRows(bias), classes, features });
}

function splitLogit(row: ArrayLike<number>): Float32Array {
	const rows = new Float32Array(row.length * 2);
	for (let i = 0; i < row.length; i++) {
		rows[i] = -row[i] / 2;
		rows[row.length + i] = row[i] / 2;
	}
	return rows;
}

function checkSizes(field: string, shape: readonly number[], leastRows: number): void {
	const [rows, features] = shape;
	const fits = rows >= leastRows && rows <= MAX_CLASSES && features >= 1 && features <= MAX_FEATURES;
	if (shape.length === 2 && fits && rows * features <= MAX_WEIGHTS) return;
	const most = `${MAX_CLASSES} rows, ${MAX_FEATURES} columns, ${MAX_WEIGHTS} in all`;
	throw badFile(field, `a shape of [C, D] with ${leastRows} or more rows, up to ${most}`, show(shape));
}

function checkBiasShape(field: string, shape: readonly number[], rows: number): void {
	if (shape.length === 1 && shape[0] === rows) return;
	throw badFile(field, `a shape of [${rows}], a number for each row of weights`, show(shape));
}

/** Refuses NaN and infinity, which a float64 beyond the range of float32 becomes too. */
function checkNumbers(weights: ImportedWeights): ImportedWeights {
	inFile(() => checkFloats('weight', weights.weight, undefined, weights.features));
	inFile(() => checkFloats('bias', weights.bias));
	return weights;
}
