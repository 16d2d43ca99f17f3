import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Engine, InvalidValueError } from 'softmax-simd';
import { decodeModel, encodeModel, readSafetensors, type SavedModel, writeSafetensors } from 'softmax-simd/formats';
import { describe, expect, it } from 'vitest';
import { floats } from '../bits/samples.js';
import { untyped } from '../calls.js';
import { failure } from './fixtures.js';

const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
const floatsOf = (length: number) => {
	return fc.array(finite, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values));
};
/** Not −0, which JSON writes as 0. */
const json = fc.dictionary(fc.string(), fc.jsonValue()).map((value): SavedModel['options'] => {
	return JSON.parse(JSON.stringify(value));
});

const models = fc
	.record({
		inputShape: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
		classNames: fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 4 }),
	})
	.chain(({ inputShape, classNames }) => {
		const classes = classNames.length;
		const features = inputShape.reduce((product, size) => product * size, 1);
		const weights = { weight: floatsOf(classes * features), bias: floatsOf(classes) };
		return fc.record(
			{
				...weights,
				inputShape: fc.constant(inputShape),
				classNames: fc.constant(classNames),
				inputScale: fc.oneof(floatsOf(1), floatsOf(features)),
				inputShift: fc.oneof(floatsOf(1), floatsOf(features)),
				seed: fc.nat(2 ** 32 - 1),
				initStd: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
				precision: fc.constantFrom('float32' as const, 'fixed16' as const),
				epoch: fc.nat(2 ** 32 - 2),
				options: json,
				velocity: fc.record(weights),
			},
			{ requiredKeys: ['weight', 'bias', 'inputShape', 'seed', 'initStd', 'precision', 'epoch'] },
		);
	});

const model: SavedModel = {
	weight: Float32Array.of(1, 2, 3, 4, 5, 6),
	bias: Float32Array.of(0.5, -0.5),
	inputShape: [3],
	seed: 1,
	initStd: 0.01,
	precision: 'float32',
	epoch: 4,
};

/** The model's file with other metadata or tensors. */
function changed(metadata: Record<string, string | undefined>, replaced: Record<string, number[] | undefined> = {}) {
	const file = readSafetensors(encodeModel({ ...model, velocity: model }));
	const tensors = Object.entries(file.tensors).flatMap(([name, { shape, data }]) => {
		const other = name in replaced ? replaced[name] : shape;
		if (!other) return [];
		const length = other.reduce((product, size) => product * size, 1);
		return [
			[name, { dtype: 'F32' as const, shape: other, data: Float32Array.from({ length }, (_, i) => data[i] ?? 0) }],
		];
	});
	const all: [string, string | undefined][] = Object.entries({ ...file.metadata, ...metadata });
	const texts = all.flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const]));
	return writeSafetensors(Object.fromEntries(tensors), Object.fromEntries(texts));
}

describe('a model file', () => {
	it('comes back as it was written, bit for bit', () => {
		fc.assert(
			fc.property(models, (saved) => {
				expect(decodeModel(encodeModel(saved))).toEqual(
					JSON.parse(JSON.stringify(saved), (_, value) => value) && saved,
				);
			}),
		);
	});

	it('is the same for the same model', () => {
		expect(encodeModel({ ...model })).toEqual(encodeModel(model));
	});

	it('holds plain tensors and text', () => {
		const { tensors, metadata } = readSafetensors(encodeModel({ ...model, options: { batchSize: 32 } }));
		expect(Object.entries(tensors).map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
			['bias', 'F32', [2]],
			['weight', 'F32', [2, 3]],
		]);
		expect(metadata).toEqual({
			format: 'softmax-simd',
			formatVersion: '1',
			inputShape: '[3]',
			seed: '1',
			initStd: '0.01',
			precision: '"float32"',
			epoch: '4',
			options: '{"batchSize":32}',
		});
	});

	it('carries a trained model into another engine', async () => {
		const { inputs, labels } = floats(60, 3, 2);
		const options = { inputShape: 3, classes: 2 };
		const [trained, loaded] = [await Engine.create(options), await Engine.create(options)];
		trained.fit({ inputs, labels }, { epochs: 2 });
		const { weight, bias } = decodeModel(encodeModel({ ...model, ...trained.getWeights() }));
		loaded.setWeights({ weight, bias });
		expect(loaded.predict(inputs)).toEqual(trained.predict(inputs));
		trained.dispose();
		loaded.dispose();
	});
});

describe('decodeModel', () => {
	it('refuses a file of a newer format, and says so', () => {
		const error = failure(() => decodeModel(changed({ formatVersion: '2' })));
		expect(error).toMatchObject({
			name: 'InvalidValueError',
			code: 'UNSUPPORTED',
			message:
				'model formatVersion: expected at most 1, which is the newest that this version of the package reads, got 2',
		});
	});

	it('passes over what a later version may add', () => {
		const { tensors, metadata } = readSafetensors(changed({ note: 'later' }));
		expect(metadata.note).toBe('later');
		const extra = { dtype: 'F32' as const, shape: [1], data: Float32Array.of(1) };
		const known = Object.entries(tensors).map(([name, { shape, data }]) => [name, { dtype: 'F32', shape, data }]);
		const file = writeSafetensors({ ...Object.fromEntries(known), extra }, metadata);
		expect(decodeModel(file)).toEqual({ ...model, velocity: { weight: model.weight, bias: model.bias } });
	});

	it.each([
		['another program’s file', changed({ format: 'pt' }), 'model format'],
		['a file without format', changed({ format: undefined }), 'model format'],
		['a file without format version', changed({ formatVersion: undefined }), 'model formatVersion'],
		['a format version in words', changed({ formatVersion: 'one' }), 'model formatVersion'],
		['a missing tensor', changed({}, { bias: undefined }), 'model bias'],
		['half of the velocity', changed({}, { 'velocity.bias': undefined }), 'model velocity.bias'],
		['a weight of another shape', changed({}, { weight: [3, 2] }), 'model weight'],
		['a bias of another shape', changed({}, { bias: [1, 2] }), 'model bias'],
		['a velocity of another shape', changed({}, { 'velocity.weight': [6] }), 'model velocity.weight'],
		['a bias for another number of classes', changed({}, { bias: [3] }), 'model weight'],
		['a single class', changed({}, { weight: [1, 3], bias: [1] }), 'model bias'],
		['a shape that is not the weight’s', changed({ inputShape: '[2]' }), 'model weight'],
		['a shape that is a number', changed({ inputShape: '[0]' }), 'model inputShape'],
		['a shape beyond all limits', changed({ inputShape: '[16777216, 16777216]' }), 'model inputShape (product)'],
		['a missing shape', changed({ inputShape: undefined }), 'model inputShape'],
		['a seed that is no integer', changed({ seed: '1.5' }), 'model seed'],
		['a seed that is no JSON', changed({ seed: '1e' }), 'model seed'],
		['a negative epoch', changed({ epoch: '-1' }), 'model epoch'],
		['an epoch after which none can be counted', changed({ epoch: '4294967295' }), 'model epoch'],
		['an infinite deviation', changed({ initStd: '1e999' }), 'model initStd'],
		['an unknown precision', changed({ precision: '"float64"' }), 'model precision'],
		['names that are too few', changed({ classNames: '["a"]' }), 'model classNames'],
		['names that are too many', changed({ classNames: '["a", "b", "c"]' }), 'model classNames'],
		['options that are no object', changed({ options: '[]' }), 'model options'],
		['options with a key twice', changed({ options: '{"a": 1, "a": 2}' }), 'model options'],
	])('refuses %s', (_, file, field) => {
		const error = failure(() => decodeModel(file));
		expect(error).toMatchObject({ name: 'InvalidValueError', code: 'INVALID_FILE', field });
	});

	it('says where a number is not finite', () => {
		const file = encodeModel(model);
		const damaged = new Uint8Array(file);
		new DataView(damaged.buffer).setFloat32(file.length - 4, Number.NaN, true);
		const error = failure(() => decodeModel(damaged));
		expect(error).toMatchObject({ code: 'INVALID_FILE', field: 'model weight', row: 1, column: 2 });
	});

	it('throws the errors that the package exports', () => {
		expect(failure(() => decodeModel(new Uint8Array(3)))).toBeInstanceOf(InvalidValueError);
	});
});

describe('encodeModel', () => {
	it.each([
		['an unknown field', { ...model, epochs: 3 }, 'model'],
		['a weight that does not fit', { ...model, weight: new Float32Array(5) }, 'weight'],
		['an infinite weight', { ...model, weight: model.weight.map(() => Number.POSITIVE_INFINITY) }, 'weight'],
		['a scale for other features', { ...model, inputScale: new Float32Array(2) }, 'inputScale'],
		['options with a function', { ...model, options: { learningRate: () => 0.1 } }, 'options.learningRate'],
		['options with a typed array', { ...model, options: { a: [new Float32Array(1)] } }, 'options.a.0'],
		['options with NaN', { ...model, options: { a: Number.NaN } }, 'options.a'],
	])('refuses %s', (_, saved, field) => {
		const error = failure(() => encodeModel(untyped(saved)));
		expect(error).toMatchObject({ field });
		expect(error).not.toMatchObject({ code: 'INVALID_FILE' });
	});
});

describe('a file that version 0.1.0 wrote', () => {
	const options = {
		inputShape: [2, 3],
		classes: ['a', 'b', 'c'],
		seed: 7,
		initStd: 0.1,
		inputScale: 0.5,
		inputShift: Float32Array.of(0, 0.1, 0.2, 0.3, 0.4, 0.5),
	};
	const data = floats(90, 6, 3);
	const fit = { epochs: 1, batchSize: 16, momentum: 0.9 };
	const saved = decodeModel(readFileSync('test/fixtures/model-0.1.0.safetensors'));

	it('holds the state after two epochs, with the options that its writer added', async () => {
		const engine = await Engine.create(options);
		engine.fit(data, { ...fit, epochs: 2 });
		expect(saved).toEqual({ ...engine.getState(), options: { epochs: 3, batchSize: 16 } });
	});

	it('goes on to the bits of a training that never stopped', async () => {
		const engine = await Engine.create(options);
		engine.fit(data, { ...fit, epochs: 2 });
		engine.fit(data, fit);
		const restored = await Engine.restore(saved);
		restored.fit(data, fit);
		expect(restored.getState()).toEqual(engine.getState());
	});

	it('is read with fields and tensors that a later version may add, and so is a state', async () => {
		const { tensors, metadata } = readSafetensors(readFileSync('test/fixtures/model-0.1.0.safetensors'));
		const later = writeSafetensors(
			{ ...tensors, memory: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } },
			{ ...metadata, temperature: '1.5' },
		);
		expect(decodeModel(later)).toEqual(saved);
		const restored = await Engine.restore({ ...saved, ...{ temperature: 1.5 } });
		expect(restored.getWeights().weight).toEqual(saved.weight);
	});
});
