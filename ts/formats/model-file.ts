/**
 * The model file: safetensors with the tensors `weight` `[C, D]` and `bias` `[C]`, so that PyTorch and numpy load it by
 * themselves; the optional ones `inputScale`, `inputShift` (`[D]` or `[1]`), `velocity.weight` and `velocity.bias`; and
 * everything else as JSON in the metadata, one key for each field of SavedModel.
 */
import {
	badFile,
	checkFloats,
	checkInitStd,
	checkInteger,
	checkKeys,
	checkPrecision,
	checkSeed,
	MAX_EPOCH,
	show,
} from '../api/check.js';
import { InvalidValueError } from '../api/errors.js';
import type { Precision, Weights } from '../api/types.js';
import { type FileBytes, inFile } from './file.js';
import { checkJsonObject, type JsonObject, parseJson } from './json.js';
import { checkLayer, type Layer } from './layer.js';
import { type Float32Tensor, readSafetensors, type StoredTensor, writeSafetensors } from './safetensors.js';

/** All that a trainer needs to go on as if it had never stopped; C classes, D features. */
export interface SavedModel extends Layer {
	/** Decided the initial weights, and decides every shuffle. */
	seed: number;
	/** Standard deviation of the initial weights. */
	initStd: number;
	/** Arithmetic of the linear layer. */
	precision: 'auto' | Precision;
	/** Epochs trained so far. */
	epoch: number;
	/** Options of `fit` to resume training with; not used by the trainer itself. */
	options?: JsonObject;
	/** The momentum buffer, in the layout of the weights. */
	velocity?: Weights;
}

const FORMAT = 'softmax-simd';
const FORMAT_VERSION = 1;

const optionalTensors = ['inputScale', 'inputShift'] as const;
const jsonFields = ['classNames', 'inputShape', 'seed', 'initStd', 'precision', 'epoch', 'options'] as const;
const allFields = ['weight', 'bias', ...optionalTensors, ...jsonFields, 'velocity'];

/**
 * Writes a model file. The same model gives the same bytes.
 *
 * PyTorch loads it by `safetensors.torch.load_file(path)`, numpy by `safetensors.numpy.load_file(path)`: dictionaries
 * with `weight` and `bias`, in the space of x' = x · inputScale + inputShift.
 *
 * @throws InvalidTypeError, InvalidValueError naming the field at fault.
 */
export function encodeModel(model: SavedModel): Uint8Array<ArrayBuffer> {
	const { classes, features } = checkModel(model);
	const tensors: Record<string, Float32Tensor> = layerTensors(model, classes, features, '');
	if (model.velocity) Object.assign(tensors, layerTensors(model.velocity, classes, features, 'velocity.'));
	for (const name of optionalTensors) {
		const data = model[name];
		if (data) tensors[name] = { dtype: 'F32', shape: [data.length], data };
	}
	const metadata: Record<string, string> = { format: FORMAT, formatVersion: String(FORMAT_VERSION) };
	for (const name of jsonFields) {
		if (model[name] !== undefined) metadata[name] = JSON.stringify(model[name]);
	}
	return writeSafetensors(tensors, metadata);
}

function layerTensors({ weight, bias }: Weights, classes: number, features: number, prefix: string) {
	return {
		[`${prefix}weight`]: { dtype: 'F32' as const, shape: [classes, features], data: weight },
		[`${prefix}bias`]: { dtype: 'F32' as const, shape: [classes], data: bias },
	};
}

/**
 * Reads a model file. Unknown tensors and metadata are ignored.
 *
 * @param file the whole file; not changed.
 * @throws InvalidValueError with code `INVALID_FILE` where the file is damaged, is not a model file, or contradicts
 *   itself; with code `UNSUPPORTED` where a newer version of this package wrote it in a newer format. InvalidTypeError
 *   where `file` is something else.
 */
export function decodeModel(file: FileBytes): SavedModel {
	const { tensors, metadata } = readSafetensors(file);
	checkFormat(metadata);
	return inFile(() => {
		const model = readFields(tensors, metadata);
		const { classes, features } = checkModel(model, 'model ');
		const shapes = { weight: [classes, features], bias: [classes] };
		for (const [name, shape] of Object.entries(shapes)) {
			checkShapeIs(`model ${name}`, tensors[name].shape, shape);
			if (model.velocity) checkShapeIs(`model velocity.${name}`, tensors[`velocity.${name}`].shape, shape);
		}
		return model;
	});
}

function checkFormat({ format, formatVersion }: Record<string, string>): void {
	if (format !== FORMAT) {
		const expected = `${show(FORMAT)} in the metadata (importPyTorch reads other safetensors files)`;
		throw badFile('model format', expected, show(format));
	}
	const field = 'model formatVersion';
	const version = parseJson(field, formatVersion ?? 'null');
	if (inFile(() => checkInteger(field, version, 1, Number.MAX_SAFE_INTEGER)) <= FORMAT_VERSION) return;
	const expected = `at most ${FORMAT_VERSION}, which is the newest that this version of the package reads`;
	throw new InvalidValueError({ field, expected, got: show(version) }, 'UNSUPPORTED');
}

/** The fields of a file, unchecked. */
function readFields(tensors: Record<string, StoredTensor>, metadata: Record<string, string>): SavedModel {
	const read = (name: string) => {
		if (Object.hasOwn(tensors, name)) return tensors[name].data;
		throw badFile(`model ${name}`, 'a tensor of that name', 'none');
	};
	const fields: Partial<Record<keyof SavedModel, unknown>> = { weight: read('weight'), bias: read('bias') };
	for (const name of optionalTensors) {
		if (Object.hasOwn(tensors, name)) fields[name] = read(name);
	}
	if (Object.hasOwn(tensors, 'velocity.weight') || Object.hasOwn(tensors, 'velocity.bias')) {
		fields.velocity = { weight: read('velocity.weight'), bias: read('velocity.bias') };
	}
	for (const name of jsonFields) {
		if (Object.hasOwn(metadata, name)) fields[name] = parseJson(`model ${name}`, metadata[name]);
	}
	return fields as SavedModel;
}

function checkModel(model: SavedModel, prefix = ''): { classes: number; features: number } {
	checkKeys(prefix || 'model', model, allFields);
	const { classes, features } = checkLayer(model, prefix);
	checkSeed(`${prefix}seed`, model.seed);
	checkInitStd(`${prefix}initStd`, model.initStd);
	checkInteger(`${prefix}epoch`, model.epoch, 0, MAX_EPOCH);
	checkPrecision(`${prefix}precision`, model.precision);
	if (model.options !== undefined) checkJsonObject(`${prefix}options`, model.options);
	if (model.velocity !== undefined) {
		const { weight, bias } = model.velocity;
		checkFloats(`${prefix}velocity.weight`, weight, [classes * features], features);
		checkFloats(`${prefix}velocity.bias`, bias, [classes]);
	}
	return { classes, features };
}

function checkShapeIs(field: string, shape: readonly number[], expected: readonly number[]): void {
	if (shape.length === expected.length && shape.every((size, axis) => size === expected[axis])) return;
	throw badFile(field, `a shape of ${show(expected)}`, show(shape));
}
