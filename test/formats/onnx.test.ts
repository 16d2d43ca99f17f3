import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Engine, type TrainerOptions } from 'softmax-simd';
import { exportOnnx, type OnnxModel } from 'softmax-simd/formats';
import { describe, expect, it } from 'vitest';
import { value } from '../bits/samples.js';
import { failure, largestDifference } from './fixtures.js';

/** Tolerance: both are float32, and sum in different orders. */
const TOLERANCE = 1e-5;

const inputShape = [2, 3, 4];
const features = 24;
const names = ['cat', 'dog', 'duck', 'ü "goose"'];
const weights = {
	weight: Float32Array.from({ length: features * names.length }, (_, i) => value(i) * 2),
	bias: Float32Array.from(names, (_, i) => value(i + 1000)),
};
const perFeature = (from: number) => Float32Array.from({ length: features }, (_, i) => from + value(i + 77));

const scalings: [string, OnnxModel['inputKind'], Pick<OnnxModel, 'inputScale' | 'inputShift'>][] = [
	['bytes, scaled by default', 'uint8', {}],
	['floats, not scaled by default', 'float32', {}],
	['bytes, not scaled', 'uint8', { inputScale: Float32Array.of(1), inputShift: Float32Array.of(0) }],
	['floats, scaled and shifted', 'float32', { inputScale: Float32Array.of(0.5), inputShift: Float32Array.of(-0.25) }],
	['floats, scaled and shifted by feature', 'float32', { inputScale: perFeature(1), inputShift: perFeature(0) }],
	['floats, shifted', 'float32', { inputShift: perFeature(0) }],
];

describe('exportOnnx', () => {
	it.each(scalings)('gives onnxruntime the probabilities of predict: %s', async (_, inputKind, scaling) => {
		const count = 5;
		const inputs = Float32Array.from({ length: count * features }, (_, i) => {
			return inputKind === 'uint8' ? Math.round((value(i) + 1) * 127) : value(i) * 3;
		});
		const engine = await Engine.create({ inputShape, classes: names, ...scaling } as TrainerOptions);
		engine.setWeights(weights);
		const expected = engine.predict(inputKind === 'uint8' ? Uint8Array.from(inputs) : inputs);
		engine.dispose();

		const session = await InferenceSession.create(exportOnnx({ ...weights, inputShape, inputKind, ...scaling }));
		const { probabilities, label } = await session.run({
			input: new Tensor('float32', inputs, [count, ...inputShape]),
		});
		expect(probabilities.dims).toEqual([count, names.length]);
		expect(largestDifference(probabilities.data as Float32Array, expected.probabilities)).toBeLessThan(TOLERANCE);
		expect(label.dims).toEqual([count]);
		expect(Array.from(label.data as BigInt64Array, Number)).toEqual(Array.from(expected.classIndices));
		await session.release();
	});

	it('is the same for the same model, and adds nothing where nothing is scaled', () => {
		const model: OnnxModel = { ...weights, inputShape, inputKind: 'float32' };
		expect(exportOnnx({ ...model })).toEqual(exportOnnx(model));
		const text = Buffer.from(exportOnnx(model)).toString('latin1');
		expect(text).toContain('Gemm');
		expect(text).not.toMatch(/Mul|Add|inputScale|inputShift/);
		const scaled = Buffer.from(exportOnnx({ ...model, inputKind: 'uint8' })).toString('latin1');
		expect(scaled).toMatch(/Mul/);
		expect(scaled).not.toMatch(/Add/);
	});

	it('names the classes in the metadata', () => {
		const file = exportOnnx({ ...weights, inputShape, inputKind: 'float32', classNames: names });
		expect(Buffer.from(file).toString('utf8')).toContain(JSON.stringify(names));
	});

	it.each([
		['an unknown kind of inputs', { inputKind: 'int8' }, 'inputKind'],
		['a weight that does not fit', { weight: new Float32Array(3) }, 'weight'],
		['names that are too few', { classNames: ['a', 'b'] }, 'classNames'],
		['unknown fields', { epoch: 3 }, 'model'],
	])('refuses %s', (_, change, field) => {
		const model = { ...weights, inputShape, inputKind: 'float32', ...change };
		expect(failure(() => exportOnnx(model as OnnxModel))).toMatchObject({ field });
	});
});
