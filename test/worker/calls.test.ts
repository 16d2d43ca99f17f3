/** What the worker answers to messages in an order that no well-behaved caller sends them in. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { checkPartialFitOptions } from '../../ts/api/fit-options.js';
import type { TrainerOptions } from '../../ts/api/options.js';
import { checkTrainerOptions } from '../../ts/api/trainer-options.js';
import type { Labels } from '../../ts/api/types.js';
import type { DatasetLayout } from '../../ts/dataset/dataset.js';
import { WorkerApi } from '../../worker/calls.js';

let module: WebAssembly.Module;
beforeAll(() => {
	module = new WebAssembly.Module(readFileSync('dist/softmax-simd.wasm'));
});

const settings = checkPartialFitOptions({})(1);

async function createApi(options: TrainerOptions = {}) {
	const api = new WorkerApi(async () => {});
	await api.create(module, checkTrainerOptions(options));
	return api;
}

function layout(features: number, more: Partial<DatasetLayout> = {}): DatasetLayout {
	return { kind: 'float32', count: 4, features, labels: { kind: 'indices', width: 1 }, ...more };
}

function write(api: WorkerApi, id: number, features: number, labels: Labels = [0, 1, 0, 1]) {
	api.writeUpload(id, { inputs: new Float32Array(4 * features).fill(1), labels, isBorrowed: false });
}

/** The error that a call throws. */
function refusal(call: () => unknown) {
	try {
		call();
	} catch (error) {
		return error;
	}
	return undefined;
}

test('of two uploads at once, the one that does not fit the shape that the other settled is refused and freed', async () => {
	const api = await createApi();
	for (const [id, features] of [64, 1].entries()) {
		api.beginUpload(id, layout(features));
		write(api, id, features);
	}
	api.finishUpload(0);
	expect(refusal(() => api.finishUpload(1))).toMatchObject({ code: 'INVALID_DATA', field: 'inputShape' });
	expect(refusal(() => api.partialFit(1, settings))).toMatchObject({ code: 'NOT_READY' });
	expect(api.partialFit(0, settings).samplesSeen).toBe(4);
});

test('of two uploads at once, the one that does not fit the classes that the other settled is refused and freed', async () => {
	const api = await createApi({ inputShape: 3 });
	for (const [id, classNames] of [
		['a,b', 'c'],
		['a', 'b', 'c'],
	].entries()) {
		api.beginUpload(id, layout(3, { classNames }));
		write(api, id, 3, id === 0 ? [0, 1, 0, 1] : [0, 1, 2, 2]);
	}
	api.finishUpload(0);
	expect(refusal(() => api.finishUpload(1))).toMatchObject({ code: 'INVALID_DATA', field: 'classNames' });
	expect(refusal(() => api.evaluate(1))).toMatchObject({ code: 'NOT_READY' });
	expect(api.evaluate(0).count).toBe(4);
});

test('an upload that the classes change under has no labels, wherever it was', async () => {
	const api = await createApi({ inputShape: 3, classes: 3 });
	for (const id of [0, 1, 2]) api.beginUpload(id, layout(3));
	write(api, 0, 3, [2, 2, 2, 2]);
	write(api, 1, 3, [2, 2, 2, 2]);
	api.finishUpload(0);
	api.setClasses(['0', '1']);
	write(api, 2, 3, [2, 2, 2, 2]);
	api.finishUpload(1);
	api.finishUpload(2);
	for (const id of [0, 1, 2]) {
		expect(refusal(() => api.evaluate(id))).toMatchObject({ code: 'INVALID_VALUE', field: 'labels' });
		expect(refusal(() => api.partialFit(id, settings))).toMatchObject({ code: 'INVALID_VALUE', field: 'labels' });
		expect(api.predict(id)).toHaveLength(8);
	}
});

test('a data set of which a slice did not arrive is refused and freed', async () => {
	const api = await createApi();
	api.beginUpload(0, layout(3));
	expect(refusal(() => api.finishUpload(0))).toMatchObject({ code: 'INVALID_DATA', field: 'inputs', got: '0' });
	api.beginUpload(1, layout(3));
	write(api, 1, 3, [0, 1]);
	expect(refusal(() => api.finishUpload(1))).toMatchObject({ code: 'INVALID_DATA', field: 'labels', got: '2' });
	for (const id of [0, 1]) expect(refusal(() => api.partialFit(id, settings))).toMatchObject({ code: 'NOT_READY' });
	expect(api.describe().inputShape).toBeUndefined();
});

test('a data set that has not arrived is of no use', async () => {
	const api = await createApi({ inputShape: 3, classes: 2 });
	api.beginUpload(0, layout(3));
	write(api, 0, 3);
	const calls = [() => api.predict(0), () => api.evaluate(0), () => api.partialFit(0, settings)];
	for (const call of calls) expect(refusal(call)).toMatchObject({ code: 'NOT_READY' });
	api.finishUpload(0);
	for (const call of calls) expect(refusal(call)).toBeUndefined();
});
