/** Packages of PyPI read the files that this package writes. Python is the one that set-up installed, or that of PYTHON. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from 'softmax-simd';
import { encodeModel, exportOnnx, type SavedModel, writeNpy, writeSafetensors } from 'softmax-simd/formats';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { python } from '../../scripts/tools.mjs';
import { value } from '../bits/samples.js';
import { largestDifference } from './fixtures.js';

const reads = spawnSync(python, ['-c', 'import numpy, safetensors']).status === 0;

interface Contents {
	dtype: string;
	shape: number[];
	values: number[];
}

interface Report {
	safetensors: Record<string, { metadata: Record<string, string> | null; tensors: Record<string, Contents> }>;
	npy: Record<string, Contents>;
	torch: number[][] | null;
	onnx: {
		nodes: string[];
		metadata: Record<string, string>;
		inputs: Record<string, (string | number)[]>;
		outputs: Record<string, (string | number)[]>;
	} | null;
}

const model: SavedModel = {
	weight: Float32Array.from({ length: 12 }, (_, i) => value(i)),
	bias: Float32Array.from({ length: 3 }, (_, i) => value(i + 50)),
	inputShape: [2, 2],
	classNames: ['a', 'ü', '"'],
	inputScale: Float32Array.of(0.5),
	inputShift: Float32Array.of(1, 2, 3, 4),
	seed: 3,
	initStd: 0.01,
	precision: 'float32',
	epoch: 7,
	options: { batchSize: 32 },
};
const velocity = { weight: model.weight.map((x) => x / 3), bias: model.bias.map((x) => -x) };
const inputs = [
	[1, 2, 3, 4],
	[-1, 0.5, 0, 2],
];
const tensors = {
	'10': { dtype: 'F32' as const, shape: [], data: Float32Array.of(2.5) },
	'9 "ü" \u2028\u007f\u0001': { dtype: 'F32' as const, shape: [2, 0], data: new Float32Array(0) },
	a: { dtype: 'F32' as const, shape: [1, 2], data: Float32Array.of(1 / 3, -0) },
};
const metadata = { b: 'ü \u0000 "', a: '' };
const arrays = {
	'uint8.npy': [Uint8Array.of(1, 2, 255, 0, 7, 8), [3, 2]],
	'float32.npy': [Float32Array.of(1 / 3, -1e-40), [1, 2, 1]],
	'float64.npy': [Float64Array.of(0.1), []],
	'int16.npy': [Int16Array.of(-5, 300), [2]],
	'empty.npy': [new Int32Array(0), [0, 3]],
} as const;

const folder = mkdtempSync(join(tmpdir(), 'softmax-simd-'));
let report: Report;

beforeAll(() => {
	if (!reads) return;
	const write = (name: string, file: Uint8Array | string) => writeFileSync(join(folder, name), file);
	write('model.safetensors', encodeModel({ ...model, velocity }));
	write('tensors.safetensors', writeSafetensors(tensors, metadata));
	write('bare.safetensors', writeSafetensors({}));
	write('inputs.json', JSON.stringify(inputs));
	for (const [name, [data, shape]] of Object.entries(arrays)) write(name, writeNpy(data, shape));
	const { weight, bias, inputShape, classNames, inputScale, inputShift } = model;
	const onnx = exportOnnx({ weight, bias, inputShape, classNames, inputScale, inputShift, inputKind: 'float32' });
	write('model.onnx', onnx);
	const script = new URL('python.py', import.meta.url).pathname;
	const { stdout, stderr, status } = spawnSync(python, [script, folder], { encoding: 'utf8' });
	expect(status, stderr).toBe(0);
	report = JSON.parse(stdout);
});

afterAll(() => rmSync(folder, { recursive: true }));

function need(context: TestContext, available: unknown, packages: string): void {
	if (!available) context.skip(`${python} has no ${packages}`);
}

describe('PyPI’s packages', () => {
	it('read our safetensors', (context) => {
		need(context, reads, 'numpy and safetensors');
		const written = Object.entries(tensors).map(([name, { shape, data }]) => {
			return [name, { dtype: 'float32', shape, values: Array.from(data) }];
		});
		expect(report.safetensors['tensors.safetensors']).toEqual({ metadata, tensors: Object.fromEntries(written) });
		expect(report.safetensors['bare.safetensors']).toEqual({ metadata: null, tensors: {} });
	});

	it('read our models', (context) => {
		need(context, reads, 'numpy and safetensors');
		const read = report.safetensors['model.safetensors'];
		const float32 = (shape: number[], values: Float32Array) => ({
			dtype: 'float32',
			shape,
			values: Array.from(values),
		});
		expect(read.tensors).toEqual({
			weight: float32([3, 4], model.weight),
			bias: float32([3], model.bias),
			inputScale: float32([1], Float32Array.of(0.5)),
			inputShift: float32([4], Float32Array.of(1, 2, 3, 4)),
			'velocity.weight': float32([3, 4], velocity.weight),
			'velocity.bias': float32([3], velocity.bias),
		});
		expect(JSON.parse(read.metadata?.classNames ?? '')).toEqual(model.classNames);
		expect(read.metadata).toMatchObject({ format: 'softmax-simd', formatVersion: '1', epoch: '7' });
	});

	it('read our NPY files', (context) => {
		need(context, reads, 'numpy and safetensors');
		for (const [name, [data, shape]] of Object.entries(arrays)) {
			const dtype = name.startsWith('empty') ? 'int32' : name.replace('.npy', '');
			expect(report.npy[name], name).toEqual({ dtype, shape, values: Array.from(data) });
		}
	});

	it('predict the same from our models: torch', async (context) => {
		need(context, reads && report.torch, 'torch');
		const engine = await Engine.create({ inputShape: 4, classes: 3 });
		engine.setWeights(model);
		const { probabilities } = engine.predict(Float32Array.from(inputs.flat()));
		engine.dispose();
		expect(largestDifference(probabilities, report.torch?.flat() ?? [])).toBeLessThan(1e-6);
	});

	it('find nothing wrong with our ONNX: onnx.checker', (context) => {
		need(context, reads && report.onnx, 'onnx');
		expect(report.onnx).toEqual({
			nodes: ['Flatten', 'Mul', 'Add', 'Gemm', 'Softmax', 'ArgMax'],
			metadata: { classNames: JSON.stringify(model.classNames) },
			inputs: { input: ['N', 2, 2] },
			outputs: { probabilities: ['N', 3], label: ['N'] },
		});
	});
});
