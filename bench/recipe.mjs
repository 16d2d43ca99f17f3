/** What every system is given to do. */

/** Plain minibatch SGD from N(0, 0.01), reshuffled every epoch: chapter 4 of d2l.ai. */
export const recipe = { batchSize: 256, learningRate: 0.1 };
export const initStd = 0.01;

/** Shapes of the data sets: `samples` of `features` values in `classes` classes. */
export const shapes = {
	'fashion-mnist': { samples: 60_000, features: 784, classes: 10 },
	embeddings: { samples: 20_000, features: 512, classes: 10 },
};

/** Multiply-adds of an epoch, forward and backward; the biases are not counted. */
export function multiplyAdds({ samples, features, classes }) {
	return 2 * samples * features * classes;
}
