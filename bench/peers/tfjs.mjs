/**
 * TensorFlow.js: a loop of `optimizer.minimize` over batches gathered outside of it (three times as fast as `tf.gather`), or
 * `model.fit`. With `limit`, a part of an epoch of so many batches is timed and scaled up.
 */
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { initStd, recipe, shapes } from '../recipe.mjs';
import { createBatches, loadFloats } from '../systems/batches.mjs';
import { serve } from '../systems/serve.mjs';

const { samples, features, classes } = shapes['fashion-mnist'];
const { batchSize, learningRate } = recipe;
const batchesPerEpoch = Math.ceil(samples / batchSize);

/** What a part of an epoch came to: its time is scaled up, its loss is not that of an epoch. */
function partOfEpoch(seen, loss) {
	return seen === samples ? { loss } : { scale: samples / seen };
}

function createLoop(data, limit) {
	const batches = createBatches(data, limit);
	const weight = tf.variable(tf.randomNormal([features, classes], 0, initStd));
	const bias = tf.variable(tf.zeros([classes]));
	const optimizer = tf.train.sgd(learningRate);
	const minimize = ({ inputs, labels, count }) =>
		tf.tidy(() => {
			const x = tf.tensor2d(inputs, [count, features]);
			const y = tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
			const loss = () => tf.losses.softmaxCrossEntropy(y, x.matMul(weight).add(bias));
			return optimizer.minimize(loss, true, [weight, bias]);
		});
	return async () => {
		let total = 0;
		let seen = 0;
		for (const batch of batches()) {
			const loss = minimize(batch);
			total += loss.dataSync()[0] * batch.count;
			seen += batch.count;
			loss.dispose();
		}
		return partOfEpoch(seen, total / seen);
	};
}

function createModel({ inputs, labels }, limit) {
	const count = Math.min(samples, limit * batchSize);
	const x = tf.tensor2d(inputs.subarray(0, count * features), [count, features]);
	const y = tf.oneHot(tf.tensor1d(Int32Array.from(labels.subarray(0, count)), 'int32'), classes);
	const kernelInitializer = tf.initializers.randomNormal({ stddev: initStd });
	const model = tf.sequential();
	model.add(tf.layers.dense({ inputShape: [features], units: classes, activation: 'softmax', kernelInitializer }));
	model.compile({ optimizer: tf.train.sgd(learningRate), loss: 'categoricalCrossentropy' });
	return async () => {
		const { history } = await model.fit(x, y, { epochs: 1, batchSize, shuffle: true, verbose: 0 });
		return partOfEpoch(count, history.loss[0]);
	};
}

serve(async ({ backend, api, limit = batchesPerEpoch, ...options }) => {
	setThreadsCount(1);
	await tf.setBackend(backend);
	await tf.ready();
	const data = await loadFloats(options);
	return {
		versions: { tfjs: tf.version.tfjs },
		note: limit < batchesPerEpoch ? `scaled from ${limit} of ${batchesPerEpoch} batches` : undefined,
		trainEpoch: api === 'model.fit' ? createModel(data, limit) : createLoop(data, limit),
	};
});
