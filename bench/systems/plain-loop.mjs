/**
 * Plain JavaScript on typed arrays, float64, written as well as we can: four rows and two classes at a time, so that every value
 * loaded is used several times, and bytes are scaled in the sums. Rows and classes come in multiples of four and two.
 */

import { createRandom } from '../../scripts/random.mjs';
import { loadTrainingData } from '../data.mjs';
import { initStd, recipe, shapes } from '../recipe.mjs';
import { serve } from './serve.mjs';

const { samples, features, classes } = shapes['fashion-mnist'];
const { batchSize, learningRate } = recipe;
const inputScale = 1 / 255;
const random = createRandom(0);

const weight = Float64Array.from({ length: classes * features }, () => initStd * random.normal());
const bias = new Float64Array(classes);
const weightGradient = new Float64Array(classes * features);
const biasGradient = new Float64Array(classes);
const order = Uint32Array.from({ length: samples }, (_, row) => row);

/** Four rows, widened, and their logits, later P − Y. */
const rows = fourOf(features);
const logits = fourOf(classes);

/** @returns {[Float64Array, Float64Array, Float64Array, Float64Array]} */
function fourOf(length) {
	return [new Float64Array(length), new Float64Array(length), new Float64Array(length), new Float64Array(length)];
}

function gather(inputs, position) {
	for (let r = 0; r < 4; r++) {
		const row = rows[r];
		const start = order[position + r] * features;
		for (let k = 0; k < features; k++) row[k] = inputs[start + k];
	}
}

function forward([x0, x1, x2, x3]) {
	const w = weight;
	for (let c = 0; c < classes; c += 2) {
		const first = c * features;
		const second = first + features;
		let a0 = 0;
		let a1 = 0;
		let a2 = 0;
		let a3 = 0;
		let b0 = 0;
		let b1 = 0;
		let b2 = 0;
		let b3 = 0;
		for (let k = 0; k < features; k++) {
			const a = w[first + k];
			const b = w[second + k];
			const p = x0[k];
			const q = x1[k];
			const r = x2[k];
			const s = x3[k];
			a0 += a * p;
			b0 += b * p;
			a1 += a * q;
			b1 += b * q;
			a2 += a * r;
			b2 += b * r;
			a3 += a * s;
			b3 += b * s;
		}
		setLogits(c, a0, a1, a2, a3);
		setLogits(c + 1, b0, b1, b2, b3);
	}
}

function setLogits(c, z0, z1, z2, z3) {
	logits[0][c] = z0 * inputScale + bias[c];
	logits[1][c] = z1 * inputScale + bias[c];
	logits[2][c] = z2 * inputScale + bias[c];
	logits[3][c] = z3 * inputScale + bias[c];
}

/** Turns a row's logits into P − Y and returns its loss. */
function softmax(z, label) {
	let largest = z[0];
	for (let c = 1; c < classes; c++) if (z[c] > largest) largest = z[c];
	const labelLogit = z[label] - largest;
	let sum = 0;
	for (let c = 0; c < classes; c++) {
		z[c] = Math.exp(z[c] - largest);
		sum += z[c];
	}
	for (let c = 0; c < classes; c++) z[c] /= sum;
	z[label] -= 1;
	return Math.log(sum) - labelLogit;
}

function backward([x0, x1, x2, x3], [g0, g1, g2, g3]) {
	const gradient = weightGradient;
	for (let c = 0; c < classes; c += 2) {
		const first = c * features;
		const second = first + features;
		const [a0, a1, a2, a3] = [g0[c], g1[c], g2[c], g3[c]];
		const [b0, b1, b2, b3] = [g0[c + 1], g1[c + 1], g2[c + 1], g3[c + 1]];
		for (let k = 0; k < features; k++) {
			const p = x0[k];
			const q = x1[k];
			const r = x2[k];
			const s = x3[k];
			gradient[first + k] += a0 * p + a1 * q + a2 * r + a3 * s;
			gradient[second + k] += b0 * p + b1 * q + b2 * r + b3 * s;
		}
		biasGradient[c] += a0 + a1 + a2 + a3;
		biasGradient[c + 1] += b0 + b1 + b2 + b3;
	}
}

function update(batch) {
	const step = learningRate / batch;
	for (let k = 0; k < weight.length; k++) weight[k] -= step * inputScale * weightGradient[k];
	for (let c = 0; c < classes; c++) bias[c] -= step * biasGradient[c];
	weightGradient.fill(0);
	biasGradient.fill(0);
}

function trainEpoch(inputs, labels) {
	random.shuffle(order);
	let loss = 0;
	for (let start = 0; start < samples; start += batchSize) {
		const end = Math.min(samples, start + batchSize);
		for (let position = start; position < end; position += 4) {
			gather(inputs, position);
			forward(rows);
			for (let r = 0; r < 4; r++) loss += softmax(logits[r], labels[order[position + r]]);
			backward(rows, logits);
		}
		update(end - start);
	}
	return { loss: loss / samples };
}

serve(async ({ data, folder }) => {
	const { inputs, labels } = await loadTrainingData(data, folder);
	return { versions: { node: process.versions.node }, trainEpoch: () => trainEpoch(inputs, labels) };
});
