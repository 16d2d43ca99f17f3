/** Damaged files for every parser, and what must hold for each: a typed error or a right result, soon, in little memory. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { InvalidTypeError, InvalidValueError, parseIdx } from 'softmax-simd';
import {
	decodeModel,
	encodeModel,
	importPyTorch,
	readNpy,
	readSafetensors,
	writeNpy,
	writeSafetensors,
} from 'softmax-simd/formats';
import { root } from './tools.mjs';

/** What no parser may take for a file of some hundred bytes, however busy the machine is. */
const MAX_MILLISECONDS = 5_000;
/** Widest result by stored byte: uint8 stays, float16 becomes float32; then some for a copy. */
const EXPANSION = 4;
/** Deflate cannot expand by more. */
const GZIP_EXPANSION = 1032;
const SMALL_ALLOCATION = 4096;

/**
 * @type {{
 *   npy: { file: string }[], npyUnsupported: Record<string, string>,
 *   tensorTypes: { file: string }, fromNumpy: { file: string }, pytorch: { files: Record<string, { file: string }> },
 * }}
 */
const fixtures = JSON.parse(readFileSync(`${root}test/fixtures/formats.json`, 'utf8'));
const decode = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, 'base64'));
const product = (/** @type {readonly number[]} */ shape) => shape.reduce((total, size) => total * size, 1);

function idxFiles() {
	const header = (/** @type {number} */ type, /** @type {number[]} */ ...shape) => [
		0,
		0,
		type,
		shape.length,
		...shape.flatMap((size) => [0, 0, size >> 8, size & 255]),
	];
	const elements = Array.from({ length: 48 }, (_, index) => (index * 37) & 255);
	return [
		[...header(8, 3, 4, 4), ...elements],
		[...header(9, 48), ...elements],
		[...header(13, 3, 4), ...elements],
		[...header(14, 6), ...elements],
	].map((bytes) => Uint8Array.from(bytes));
}

function safetensorsFiles() {
	const { tensorTypes, fromNumpy, pytorch } = fixtures;
	const files = [tensorTypes.file, fromNumpy.file, ...Object.values(pytorch.files).map(({ file }) => file)];
	return [...files.map(decode), writeSafetensors({})];
}

function modelFiles() {
	const weights = {
		weight: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)),
		bias: Float32Array.of(1, -1, 0.5),
	};
	/** @type {import('softmax-simd').TrainerState} */
	const model = { ...weights, inputShape: [2, 2], seed: 7, initStd: 0.01, precision: 'float32', epoch: 3 };
	const scaling = { inputScale: Float32Array.of(1, 2, 3, 4), inputShift: Float32Array.of(0.5) };
	const options = { batchSize: 64, learningRate: { schedule: 'cosine', initial: 0.1 }, classWeight: [1, 2, 0.5] };
	return [
		encodeModel(model),
		encodeModel({ ...model, ...scaling, classNames: ['a', 'b', 'ü'], options, velocity: weights }),
	];
}

/**
 * @typedef Target a parser.
 * @property {Uint8Array[]} files to damage.
 * @property {number} [expansion] the most bytes that it may allocate for one of the file.
 * @property {(bytes: Uint8Array) => void | Promise<void>} check of what comes of a file.
 */

/**
 * Parsers by name.
 *
 * @type {Record<string, Target>}
 */
export const targets = {
	idx: {
		files: idxFiles(),
		async check(bytes) {
			const { shape, data } = await parseIdx(bytes);
			assert.equal(data.length, product(shape));
		},
	},
	'idx.gz': {
		files: idxFiles().map((file) => new Uint8Array(gzipSync(file))),
		expansion: GZIP_EXPANSION,
		async check(bytes) {
			const { shape, data } = await parseIdx(bytes);
			assert.equal(data.length, product(shape));
		},
	},
	npy: {
		files: [...fixtures.npy.map(({ file }) => file), ...Object.values(fixtures.npyUnsupported)].map(decode),
		check(bytes) {
			const { shape, data } = readNpy(bytes);
			assert.equal(data.length, product(shape));
			if (shape.length <= 64) assert.deepEqual(readNpy(writeNpy(data, shape)), { shape, data });
		},
	},
	safetensors: {
		files: safetensorsFiles(),
		check(bytes) {
			for (const tensor of Object.values(readSafetensors(bytes).tensors)) {
				const { dtype, shape } = tensor;
				if (/^B?F\d+$/.test(dtype) && dtype !== 'F4') assert.equal(tensor.data.length, product(shape));
			}
		},
	},
	model: {
		files: modelFiles(),
		check(bytes) {
			const model = decodeModel(bytes);
			assert.deepEqual(decodeModel(encodeModel(model)), model);
		},
	},
	pytorch: {
		files: safetensorsFiles(),
		check(bytes) {
			const { weight, bias, classes, features } = importPyTorch(bytes);
			assert.deepEqual([weight.length, bias.length], [classes * features, classes]);
		},
	},
};

const interestingBytes = [0, 1, 0x7f, 0x80, 0xff, ...Buffer.from('"\\{}[](),:0129-.eLT\'')];
const interestingNumbers = [0n, 1n, 255n, 2n ** 16n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

/**
 * A copy of one of the files with one to four injuries.
 *
 * @param {readonly Uint8Array[]} files
 * @param {() => number} random from 0 to below 1.
 * @returns {Uint8Array}
 */
export function mutate(files, random) {
	const below = (/** @type {number} */ limit) => Math.floor(random() * limit);
	/**
	 * @template T
	 * @param {readonly T[]} list
	 */
	const pick = (list) => list[below(list.length)];
	// Headers come first, and are where damage matters most.
	const place = (/** @type {Uint8Array} */ bytes) => below(random() < 0.5 ? Math.min(bytes.length, 64) : bytes.length);
	/**
	 * @param {Uint8Array} bytes
	 * @param {number} start
	 * @param {number} removed
	 * @param {Iterable<number>} inserted
	 */
	const splice = (bytes, start, removed, inserted = []) => {
		return Uint8Array.from([...bytes.subarray(0, start), ...inserted, ...bytes.subarray(start + removed)]);
	};
	/** @type {((bytes: Uint8Array, at: number) => Uint8Array)[]} */
	const injuries = [
		(bytes, at) => splice(bytes, at, 1, [bytes[at] ^ (1 << below(8))]),
		(bytes, at) => splice(bytes, at, 1, [pick(interestingBytes)]),
		(bytes, at) => splice(bytes, at, 0, [pick(interestingBytes)]),
		(bytes, at) => splice(bytes, at, 1 + below(8)),
		(bytes, at) => splice(bytes, at, bytes.length),
		(bytes) =>
			splice(
				bytes,
				bytes.length,
				0,
				Array.from({ length: 1 + below(16) }, () => below(256)),
			),
		(bytes, at) => {
			const other = pick(files);
			const start = place(other);
			return splice(bytes, at, below(16), other.subarray(start, start + below(64)));
		},
		(bytes, at) => {
			const number = new DataView(new ArrayBuffer(8));
			number.setBigUint64(0, pick(interestingNumbers), random() < 0.5);
			return splice(bytes, at - (at % 2), 8, new Uint8Array(number.buffer));
		},
		(bytes) => {
			const digits = [...bytes.keys()].filter((at) => bytes[at] >= 0x30 && bytes[at] <= 0x39);
			return digits.length > 0 ? splice(bytes, pick(digits), 1, [0x30 + below(10)]) : bytes;
		},
	];
	/** @type {Uint8Array} */
	let bytes = pick(files).slice();
	for (let injury = 1 + below(4); injury > 0; injury--) bytes = pick(injuries)(bytes, place(bytes));
	return bytes;
}

/**
 * Checks what a parser makes of a file.
 *
 * @param {Target} target
 * @param {Uint8Array} bytes
 * @returns whether it took the file for a good one; throws where it broke a promise.
 */
export async function examine({ check, expansion = EXPANSION }, bytes) {
	const before = bytes.slice();
	const start = performance.now();
	let accepted = true;
	const release = limitAllocations(bytes.length * expansion + SMALL_ALLOCATION);
	try {
		await check(bytes);
	} catch (error) {
		accepted = false;
		assert(error instanceof InvalidValueError || error instanceof InvalidTypeError, String(error));
		assert(['INVALID_FILE', 'UNSUPPORTED'].includes(error.code), String(error));
	} finally {
		release();
	}
	assert(performance.now() - start < MAX_MILLISECONDS, 'it took too long');
	assert.deepEqual(bytes, before, 'the file was changed');
	return accepted;
}

const arrays = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array];
const allocating = [...arrays, Float32Array, Float64Array, ArrayBuffer];

/**
 * Until the returned function is called, arrays of more bytes are an error.
 *
 * @param {number} most
 */
function limitAllocations(most) {
	for (const original of allocating) {
		const elementBytes = 'BYTES_PER_ELEMENT' in original ? original.BYTES_PER_ELEMENT : 1;
		/** @type {typeof original} */
		const limited = new Proxy(original, {
			construct(target, parameters, newTarget) {
				const [length] = parameters;
				const bytes = typeof length === 'number' ? length * elementBytes : 0;
				if (bytes > most) throw new Error(`allocates ${bytes} bytes where ${most} should do`);
				return Reflect.construct(target, parameters, newTarget === limited ? target : newTarget);
			},
		});
		Reflect.set(globalThis, original.name, limited);
	}
	return () => {
		for (const original of allocating) Reflect.set(globalThis, original.name, original);
	};
}
