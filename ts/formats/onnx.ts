/** Models as ONNX, for onnxruntime and everything else that reads it. Source: https://onnx.ai/onnx/repo-docs/IR.html */
import { checkKeys, wrongValue } from '../api/check.js';
import { concatenate, floatsToBytes } from './file.js';
import { checkLayer, type Layer } from './layer.js';

/** Argument of `exportOnnx`; C classes, D features. */
export interface OnnxModel extends Layer {
	/** Type of the inputs in training. It decides the default of `inputScale`: 1/255 for `uint8`, 1 for `float32`. */
	inputKind: 'uint8' | 'float32';
}

/** Every runtime since 2020 reads these versions. Opset 13 is the last that changed an operator used here. */
const IR_VERSION = 7;
const OPSET_VERSION = 13;

/** Enumerators of onnx.proto. */
const FLOAT = 1;
const INT64 = 7;
const INTEGER_ATTRIBUTE = 2;

/**
 * Writes a model as ONNX.
 *
 * Input: `input`, float32 `[N, ...inputShape]`, in the same units as in training: pixels from 0 to 255 where it trained
 * on Uint8. Outputs: `probabilities`, float32 `[N, C]`, and `label`, int64 `[N]`, the index of the largest. N may be any number.
 * The graph is Flatten, Mul and Add for the scaling where it changes anything, Gemm, Softmax, ArgMax. The metadata
 * have `classNames` in JSON where the classes have names. The same model gives the same bytes.
 *
 * @throws InvalidTypeError, InvalidValueError naming the field at fault.
 */
export function exportOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
	const fields = ['weight', 'bias', 'inputShape', 'classNames', 'inputScale', 'inputShift', 'inputKind'];
	checkKeys('model', model, fields);
	const { classes, features } = checkLayer(model);
	const { inputKind, classNames } = model;
	if (inputKind !== 'uint8' && inputKind !== 'float32') {
		throw wrongValue('inputKind', '"uint8" or "float32"', inputKind);
	}
	return concatenate([
		...integerField(1, IR_VERSION),
		...textField(2, 'softmax-simd'),
		...messageField(7, ...graph(model, classes, features)),
		...messageField(8, textField(1, ''), integerField(2, OPSET_VERSION)),
		...(classNames ? messageField(14, textField(1, 'classNames'), textField(2, JSON.stringify(classNames))) : []),
	]);
}

function graph(model: OnnxModel, classes: number, features: number): Message[] {
	const { weight, bias, inputShape, inputKind } = model;
	const scale = model.inputScale ?? Float32Array.of(inputKind === 'uint8' ? 1 / 255 : 1);
	const shift = model.inputShift ?? Float32Array.of(0);
	const nodes = [node('Flatten', ['input'], 'flat', { axis: 1 })];
	const tensors: Message[] = [];
	let x = 'flat';
	if (scale.some((value) => value !== 1)) {
		nodes.push(node('Mul', [x, 'inputScale'], 'scaled'));
		tensors.push(tensor('inputScale', [scale.length], scale));
		x = 'scaled';
	}
	if (shift.some((value) => value !== 0)) {
		nodes.push(node('Add', [x, 'inputShift'], 'shifted'));
		tensors.push(tensor('inputShift', [shift.length], shift));
		x = 'shifted';
	}
	nodes.push(
		node('Gemm', [x, 'weight', 'bias'], 'logits', { transB: 1 }),
		node('Softmax', ['logits'], 'probabilities', { axis: 1 }),
		node('ArgMax', ['probabilities'], 'label', { axis: 1, keepdims: 0 }),
	);
	tensors.push(tensor('weight', [classes, features], weight), tensor('bias', [classes], bias));
	return [
		...nodes.map((fields) => messageField(1, ...fields)),
		textField(2, 'softmax-classifier'),
		...tensors.map((fields) => messageField(5, fields)),
		messageField(11, value('input', FLOAT, ['N', ...inputShape])),
		messageField(12, value('probabilities', FLOAT, ['N', classes])),
		messageField(12, value('label', INT64, ['N'])),
	];
}

function node(operator: string, inputs: string[], output: string, attributes: Record<string, number> = {}): Message[] {
	return [
		...inputs.map((name) => textField(1, name)),
		textField(2, output),
		textField(3, operator),
		textField(4, operator),
		...Object.entries(attributes).map(([name, integer]) => {
			return messageField(5, textField(1, name), integerField(3, integer), integerField(20, INTEGER_ATTRIBUTE));
		}),
	];
}

function tensor(name: string, shape: number[], values: Float32Array): Message {
	const sizes = shape.flatMap((size) => integerField(1, size));
	return [...sizes, ...integerField(2, FLOAT), ...textField(8, name), ...bytesField(9, floatsToBytes(values))];
}

/** The name and type of an input or output. A size that is a name may have any value. */
function value(name: string, elementType: number, shape: (number | string)[]): Message {
	const sizes = shape.map((size) =>
		messageField(1, typeof size === 'string' ? textField(2, size) : integerField(1, size)),
	);
	const type = messageField(1, integerField(1, elementType), messageField(2, ...sizes));
	return [...textField(1, name), ...messageField(2, type)];
}

/**
 * The part of Protocol Buffers' encoding that ONNX needs. A message is the concatenation of its fields, kept in chunks
 * so that big tensors are copied once. Source: https://protobuf.dev/programming-guides/encoding/
 */
type Message = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** An integer or an enumeration, from 0 to 2⁵³ − 1. */
function integerField(number: number, value: number): Message {
	return [varint(number * 8 + VARINT), varint(value)];
}

function bytesField(number: number, value: Uint8Array): Message {
	return messageField(number, [value]);
}

function textField(number: number, value: string): Message {
	return messageField(number, [new TextEncoder().encode(value)]);
}

/** A message inside of a message. */
function messageField(number: number, ...fields: Message[]): Message {
	const chunks = fields.flat();
	const length = chunks.reduce((total, chunk) => total + chunk.length, 0);
	return [varint(number * 8 + LENGTH_DELIMITED), varint(length), ...chunks];
}

/** Seven bits per byte, the lowest first; the eighth bit is set where more bytes follow. */
function varint(value: number): Uint8Array {
	const bytes: number[] = [];
	let rest = value;
	while (rest > 0x7f) {
		bytes.push((rest % 0x80) + 0x80);
		rest = Math.floor(rest / 0x80);
	}
	return Uint8Array.of(...bytes, rest);
}
