/**
 * jax-js on its WebAssembly backend, one step under `jit`: with its own gradient, or with the gradient written by hand. W is
 * [classes, features], which it multiplies two to four times as fast as the other layout.
 */
import { readFile } from 'node:fs/promises';
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { createRandom } from '../../scripts/random.mjs';
import { initStd, recipe, shapes } from '../recipe.mjs';
import { createBatches, loadFloats } from '../systems/batches.mjs';
import { serve } from '../systems/serve.mjs';

const { samples, features, classes } = shapes['fashion-mnist'];
const { learningRate } = recipe;

// Every use of an array but the last takes a reference, `.ref`.
function logits(weight, bias, x) {
	return np.matmul(x, np.transpose(weight)).add(bias);
}

/** Sum of the cross-entropies of a batch. */
function crossEntropy(logProbabilities, y) {
	return logProbabilities.mul(y).sum().mul(-1);
}

function automaticStep(weight, bias, x, y) {
	const count = x.shape[0];
	const meanLoss = (w, b) => crossEntropy(nn.logSoftmax(logits(w, b, x)), y).mul(1 / count);
	const [loss, [weightGradient, biasGradient]] = valueAndGrad(meanLoss, { argnums: [0, 1] })(weight.ref, bias.ref);
	return [weight.sub(weightGradient.mul(learningRate)), bias.sub(biasGradient.mul(learningRate)), loss.mul(count)];
}

function manualStep(weight, bias, x, y) {
	const count = x.shape[0];
	const logProbabilities = nn.logSoftmax(logits(weight.ref, bias.ref, x.ref));
	const loss = crossEntropy(logProbabilities.ref, y.ref);
	const change = np
		.exp(logProbabilities)
		.sub(y)
		.mul(learningRate / count);
	return [weight.sub(np.matmul(np.transpose(change.ref), x)), bias.sub(change.sum(0)), loss];
}

serve(async (options) => {
	await init('wasm');
	defaultDevice('wasm');
	const step = jit(options.gradient === 'manual' ? manualStep : automaticStep);
	const { normal } = createRandom(1);
	let weight = np.array(Float32Array.from({ length: classes * features }, () => initStd * normal()));
	weight = weight.reshape([classes, features]);
	let bias = np.zeros([classes]);
	const batches = createBatches(await loadFloats(options));

	async function trainEpoch() {
		const losses = [];
		for (const { inputs, labels, count } of batches()) {
			const oneHot = new Float32Array(count * classes);
			labels.forEach((label, row) => {
				oneHot[row * classes + label] = 1;
			});
			const x = np.array(inputs).reshape([count, features]);
			const y = np.array(oneHot).reshape([count, classes]);
			let loss;
			[weight, bias, loss] = step(weight, bias, x, y);
			losses.push(loss);
		}
		return { loss: losses.reduce((sum, loss) => sum + loss.dataSync()[0], 0) / samples };
	}
	const manifest = new URL('./node_modules/@jax-js/jax/package.json', import.meta.url);
	return { versions: { 'jax-js': JSON.parse(await readFile(manifest, 'utf8')).version }, trainEpoch };
});
