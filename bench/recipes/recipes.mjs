/**
 * The rows of the tables. Each is a function of a split that returns the probabilities of its test data, float32
 * `[samples, classes]`.
 */
import { readFileSync } from 'node:fs';
import { Engine, standardize } from 'softmax-simd';
import { readNpy } from 'softmax-simd/formats';

/** @returns {import('softmax-simd').LearningRate} */
const cosineFrom = (initial) => ({ schedule: 'cosine', initial });
const undecayed = { epochs: 50, batchSize: 16, momentum: 0.9, learningRate: cosineFrom(5) };
const recipe = { ...undecayed, weightDecay: 1e-3 };

/** What logistic_regression.py left. */
function scikitLearn(C) {
	return ({ folder, task, number }) => {
		const { data } = readNpy(readFileSync(`${folder}/${task.name}-${number}-C${C}.npy`));
		return /** @type {Float32Array} */ (data);
	};
}

/**
 * @param {(samples: number, features: number) => import('softmax-simd').FitOptions} optionsOf returns the options of `fit`, given
 *   the numbers of training samples and of features.
 * @param {(train: import('softmax-simd').Dataset) => import('softmax-simd').TrainerOptions} scale returns options of the engine.
 */
function ours(optionsOf, scale = () => ({})) {
	return async ({ task, number, train, test }) => {
		const [features] = train.inputShape;
		const { classNames: classes } = task;
		const engine = await Engine.create({ inputShape: features, classes, seed: number, ...scale(train) });
		engine.fit(train, optionsOf(train.labels.length, features));
		const { probabilities } = engine.predict(test.inputs);
		engine.dispose();
		return probabilities;
	};
}

export const recipes = {
	'scikit-learn, `C=1`': scikitLearn(1),
	'scikit-learn, `C=10`': scikitLearn(10),
	'no decay': ours(() => undecayed),
	'`weightDecay: 3e-4`': ours(() => ({ ...recipe, weightDecay: 3e-4 })),
	'`weightDecay: 1e-3`': ours(() => recipe),
	'`1 / n`, `decayBias: false`': ours((count) => ({ ...recipe, weightDecay: 1 / count, decayBias: false })),
	'`1 / (10 * n)`, `decayBias: false`': ours((count) => ({ ...recipe, weightDecay: 0.1 / count, decayBias: false })),
	'defaults of `fit`': ours(() => ({})),
};

/** What else could be changed about `weightDecay: 1e-3`. */
export const variations = {
	'learning rate 1': ours(() => ({ ...recipe, learningRate: cosineFrom(1) })),
	'learning rate 10': ours(() => ({ ...recipe, learningRate: cosineFrom(10) })),
	'20 epochs': ours(() => ({ ...recipe, epochs: 20 })),
	'batches of 64': ours(() => ({ ...recipe, batchSize: 64 })),
	'`decayBias: false`': ours(() => ({ ...recipe, decayBias: false })),
	'`weightDecay: 3e-3`': ours(() => ({ ...recipe, weightDecay: 3e-3 })),
	'`weightDecay: 1e-2`': ours(() => ({ ...recipe, weightDecay: 1e-2 })),
	'standardised, learning rate `5 / D`': ours(
		(_, features) => ({ ...recipe, learningRate: cosineFrom(5 / features) }),
		standardize,
	),
	'and `weightDecay: 1e-3 * D`': ours(
		(_, features) => ({ ...recipe, learningRate: cosineFrom(5 / features), weightDecay: 1e-3 * features }),
		standardize,
	),
};
