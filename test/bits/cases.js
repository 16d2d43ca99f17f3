/**
 * Trainings and the hashes of what they end in. Engines of every kind run them: nothing here is Node's or a browser's alone.
 */
import { bytes, floats, value } from './samples.js';

/** @typedef {typeof import('softmax-simd')} Package */
/** @typedef {import('softmax-simd').FitOptions} FitOptions */
/** @typedef {import('softmax-simd').FashionMnistPart} FashionMnistPart */

/**
 * Samples of one row each.
 *
 * @typedef {{ inputs: Uint8Array | Float32Array, labels: number[] | Uint8Array }} Samples
 */

/**
 * The type of the inputs and the arithmetic that they are computed in.
 *
 * @typedef Kind
 * @property {'fixed16' | 'float32'} precision
 * @property {(count: number, features: number, classes: number) => Samples} made
 * @property {number} white the value of a white pixel.
 * @property {(pixels: Uint8Array | Float32Array) => Uint8Array | Float32Array} of the pixels of Fashion-MNIST.
 */

/** @type {Record<string, Kind>} */
const kinds = {
	'bytes in fixed16': { precision: 'fixed16', made: bytes, white: 255, of: (pixels) => pixels },
	'bytes in float32': { precision: 'float32', made: bytes, white: 255, of: (pixels) => pixels },
	'floats in float32': {
		precision: 'float32',
		made: floats,
		white: 1,
		of: (pixels) => new Float32Array(pixels).map((pixel) => pixel / 255),
	},
};
export const kindNames = Object.keys(kinds);

const pixels = 28 * 28;
const classes = 10;
/** Samples to train on, of Fashion-MNIST where a case has no data of its own: two batches of 256 and one of 88. */
const trained = 600;

/**
 * @template T
 * @param {number} count
 * @param {(index: number) => T} of
 */
const sequence = (count, of) => Array.from({ length: count }, (_, index) => of(index));

/**
 * Targets `[count, C]`: most of a sample for its class, the rest in unequal shares for all.
 *
 * @param {Samples} samples
 */
function softTargets({ labels }) {
	const shares = sequence(classes, (index) => index + 1);
	const sum = shares.reduce((total, share) => total + share);
	const share = (/** @type {number} */ label, /** @type {number} */ index) =>
		(index === label ? 0.7 : 0) + (0.3 * shares[index]) / sum;
	return Float32Array.from(Array.from(labels).flatMap((label) => sequence(classes, (index) => share(label, index))));
}

/** @param {Samples} samples */
function oneHot({ labels }) {
	const targets = new Float32Array(labels.length * classes);
	labels.forEach((label, row) => {
		targets[row * classes + label] = 1;
	});
	return targets;
}

/**
 * What a case runs with.
 *
 * @typedef Run
 * @property {import('softmax-simd').Engine | import('softmax-simd').Trainer} facade
 * @property {(data: Samples | import('softmax-simd').Dataset | import('softmax-simd').DatasetStream, options?: FitOptions) => Promise<void>} fit
 * @property {(...values: number[]) => void} record
 * @property {number} white
 * @property {Samples} train
 * @property {Samples} test
 */

/**
 * @typedef Case
 * @property {(given: Run) => Promise<Float32Array<ArrayBuffer> | void>} run trains, and returns probabilities if it has any.
 * @property {(kind: Kind) => import('softmax-simd').TrainerOptions} [options] of the trainer.
 * @property {[count: number, features: number, classes: number]} [made] shape of made-up samples.
 * @property {string[]} [kinds] those that the case is for.
 * @property {'Engine' | 'Trainer'} [facade] that the case is for.
 */

/**
 * A case that fits.
 *
 * @param {FitOptions | ((data: { train: Samples, test: Samples }) => FitOptions)} options of `fit`, or what makes them of the data.
 * @param {Omit<Case, 'run'>} rest
 * @returns {Case}
 */
function fitting(options, rest = {}) {
	/** @type {Case['run']} */
	const run = async ({ fit, train, test }) => {
		await fit(train, typeof options === 'function' ? options({ train, test }) : options);
	};
	return { ...rest, run };
}

/**
 * A case that fits soft targets.
 *
 * @param {(samples: Samples) => Float32Array} targetsOf
 * @param {FitOptions} options
 * @returns {Case}
 */
function fittingTargets(targetsOf, options = {}) {
	return { run: ({ fit, train }) => fit({ inputs: train.inputs, labels: targetsOf(train) }, options) };
}

/**
 * A case of made-up samples, whose last batch is smaller than the others.
 *
 * @param {number} features
 * @param {number} classes
 * @param {FitOptions} options
 */
function shaped(features, classes, options = {}) {
	const [count, batchSize] = classes > 1000 ? [60, 37] : [300, 131];
	return fitting({ batchSize, ...options }, { made: [count, features, classes] });
}

/**
 * The samples in chunks, as a stream has them.
 *
 * @param {Samples} samples
 */
async function* chunks({ inputs, labels }) {
	const size = 100;
	for (let row = 0; row < labels.length; row += size) {
		const end = Math.min(labels.length, row + size);
		yield { inputs: inputs.subarray(row * pixels, end * pixels), labels: labels.slice(row, end) };
	}
}

/**
 * A case on a stream, which a Trainer takes and an Engine does not.
 *
 * @param {FitOptions} options
 * @returns {Case}
 */
const streaming = (options) => ({
	facade: 'Trainer',
	run: ({ fit, train }) => fit(chunks(train), { epochs: undefined, shuffleBuffer: 250, ...options }),
});

/**
 * Scale and shift of every feature.
 *
 * @param {{ white: number }} kind
 */
const perFeature = ({ white }) => ({
	inputScale: Float32Array.from(sequence(pixels, (index) => (1 + value(index) / 2) / white)),
	inputShift: Float32Array.from(sequence(pixels, (index) => value(3 * index) / 4)),
});

/**
 * By name.
 *
 * @type {Record<string, Case>}
 */
const cases = {
	'stochastic gradient descent': fitting({}),
	'samples in their own order': fitting({ shuffle: false }),
	'another seed': fitting({}, { options: () => ({ seed: 4_294_967_295 }) }),
	'initial weights of zero': fitting({}, { options: () => ({ initStd: 0 }) }),

	'batches of 1': fitting({ batchSize: 1, epochs: 1 }),
	'batches of 3': fitting({ batchSize: 3, epochs: 1 }),
	'batches of 255': fitting({ batchSize: 255 }),
	'batches of 64': fitting({ batchSize: 64 }),

	'batches of 257, of two blocks': fitting({ batchSize: 257 }, { made: [600, 50, 10] }),
	'batches of 512': fitting({ batchSize: 512 }),
	"batches of 512 with Nesterov's momentum, of scaled features": fitting(
		{ batchSize: 512, momentum: 0.9, nesterov: true },
		{ options: perFeature },
	),
	'batches of 4,096': fitting({ batchSize: 4096 }, { made: [9000, 21, 3] }),

	momentum: fitting({ momentum: 0.9 }),
	"Nesterov's momentum": fitting({ momentum: 0.9, nesterov: true }),
	'weight decay': fitting({ weightDecay: 0.1 }),
	'weight decay that spares the biases': fitting({ weightDecay: 0.1, decayBias: false }),
	'weight decay with momentum': fitting({ weightDecay: 0.1, momentum: 0.9 }),
	"weight decay that spares the biases, with Nesterov's momentum": fitting({
		weightDecay: 0.1,
		decayBias: false,
		momentum: 0.8,
		nesterov: true,
	}),
	'momentum that lasts from one fit to the next, and is forgotten by one without': {
		async run({ fit, train }) {
			await fit(train, { momentum: 0.9, epochs: 1 });
			await fit(train, { momentum: 0.9, epochs: 1 });
			await fit(train, { epochs: 1 });
			await fit(train, { momentum: 0.9, epochs: 1 });
		},
	},

	'a learning rate of every epoch': fitting({ epochs: 3, learningRate: (epoch) => 0.3 / epoch }),
	'half a cosine': fitting({ epochs: 3, learningRate: { schedule: 'cosine', initial: 0.5 } }),
	'half a cosine that ends before the fit does': fitting({
		epochs: 3,
		learningRate: { schedule: 'cosine', initial: 0.5, last: 0.01, epochs: 2 },
	}),
	'a straight line over two fits': {
		async run({ fit, train }) {
			/** @type {FitOptions['learningRate']} */
			const learningRate = { schedule: 'linear', initial: 0.7, last: 0.003, epochs: 4, firstEpoch: 1 };
			await fit(train, { learningRate });
			await fit(train, { learningRate });
		},
	},
	'a straight line': fitting({ epochs: 3, learningRate: { schedule: 'linear', initial: 0.5, last: 0.01 } }),
	steps: fitting({ epochs: 5, learningRate: { schedule: 'step', initial: 0.3, factor: 0.3, every: 2 } }),

	'label smoothing': fitting({ labelSmoothing: 0.1 }),
	'sample weights': fitting({ sampleWeight: sequence(trained, (row) => 1 + value(row)) }),
	'a batch whose samples weigh nothing': fitting({
		shuffle: false,
		momentum: 0.9,
		sampleWeight: sequence(trained, (row) => (row < 256 ? 0 : 1)),
	}),
	'class weights': fitting({ classWeight: sequence(classes, (index) => 0.3 * index) }),
	'class weights by name': fitting({ classWeight: { 3: 0.25, 7: 4 } }),
	'balanced class weights': fitting({ classWeight: 'balanced' }),
	'sample and class weights with label smoothing': fitting({
		sampleWeight: sequence(trained, (row) => 1 + value(row)),
		classWeight: 'balanced',
		labelSmoothing: 0.2,
	}),

	'soft targets': fittingTargets(softTargets),
	'one-hot targets with momentum': fittingTargets(oneHot, { momentum: 0.5 }),
	'soft targets with sample weights and label smoothing': fittingTargets(softTargets, {
		sampleWeight: sequence(trained, (row) => 1 + value(row)),
		labelSmoothing: 0.1,
	}),

	'validation data': fitting(({ test }) => ({ validationData: test, learningRate: 0.15 })),
	'a validation split': fitting({ validationSplit: 0.2 }),
	'a validation split of soft targets': fittingTargets(softTargets, { validationSplit: 0.3 }),
	'a validation split with early stopping': fitting({
		validationSplit: 0.25,
		epochs: 20,
		learningRate: 3,
		earlyStopping: { patience: 1 },
	}),
	'early stopping that keeps the last weights': fitting({
		validationSplit: 0.25,
		epochs: 20,
		learningRate: 3,
		momentum: 0.5,
		earlyStopping: { patience: 2, monitor: 'validationAccuracy', minDelta: 0.01, restoreBest: false },
	}),
	'early stopping by validation data': fitting(({ test }) => ({
		validationData: test,
		epochs: 20,
		learningRate: 2,
		momentum: 0.5,
		earlyStopping: { patience: 2 },
	})),

	'single steps': {
		async run({ facade, record, train }) {
			for (const rows of [1, 3, 17, 256]) {
				const batch = { inputs: train.inputs.subarray(0, rows * pixels), labels: train.labels.slice(0, rows) };
				const { loss, accuracy } = await facade.partialFit(batch, { learningRate: 0.05, momentum: 0.9 });
				record(loss, accuracy);
			}
		},
	},
	'single steps between two fits': {
		async run({ facade, record, fit, train, test }) {
			await fit(train, { epochs: 1, momentum: 0.9 });
			const { loss, accuracy } = await facade.partialFit(test, { weightDecay: 0.1, labelSmoothing: 0.1 });
			record(loss, accuracy);
			await fit(train, { epochs: 1, momentum: 0.9 });
		},
	},
	'classes that stay, go and come': {
		async run({ facade, fit, train }) {
			await fit(train, { epochs: 1, momentum: 0.9 });
			await facade.setClasses(['9', 'new', '0', '3', 'newer']);
			await fit({ inputs: train.inputs, labels: Array.from(train.labels, (label) => label % 5) }, { epochs: 1 });
		},
	},
	'weights that were set': {
		async run({ facade, fit, train }) {
			await facade.setWeights({
				weight: Float32Array.from(sequence(classes * pixels, (index) => value(index) / 10)),
				bias: Float32Array.from(sequence(classes, value)),
			});
			await fit(train, { epochs: 1 });
		},
	},
	'a reset to another seed': {
		async run({ facade, fit, train }) {
			await fit(train, { epochs: 1, momentum: 0.9 });
			await facade.reset({ seed: 7 });
			await fit(train, { epochs: 1, momentum: 0.9 });
		},
	},
	'evaluation of 256 samples': {
		async run({ facade, record, fit, train, test }) {
			await fit(train, { epochs: 3 });
			const { loss, accuracy } = await facade.evaluate(test);
			record(loss, accuracy);
		},
	},
	'predictions of 1, 5 and 300 samples': {
		async run({ facade, fit, train }) {
			await fit(train, { batchSize: 100 });
			const probabilities = [];
			for (const rows of [1, 5, 300]) {
				const prediction = await facade.predict(train.inputs.subarray(0, rows * pixels));
				probabilities.push(...prediction.probabilities);
			}
			return Float32Array.from(probabilities);
		},
	},

	'one scale and shift for all features': fitting(
		{},
		{ options: ({ white }) => ({ inputScale: 2 / white, inputShift: -1 }) },
	),
	'a scale and a shift of every feature': fitting({}, { options: perFeature }),
	'a scale of every feature, with momentum': fitting(
		{ momentum: 0.9 },
		{ options: (kind) => ({ inputScale: perFeature(kind).inputScale }) },
	),
	'a shift of every feature, seen in validation': fitting(({ test }) => ({ validationData: test }), {
		options: (kind) => ({ inputShift: perFeature(kind).inputShift }),
	}),

	'a stream': streaming({}),
	"a stream in its own order, with Nesterov's momentum": streaming({ shuffle: false, momentum: 0.9, nesterov: true }),
	'a stream with validation data and steps': {
		facade: 'Trainer',
		async run({ fit, train, test }) {
			/** @type {FitOptions['learningRate']} */
			const learningRate = { schedule: 'step', initial: 0.2, every: 1, factor: 0.5, firstEpoch: 1 };
			/** @type {FitOptions} */
			const options = { epochs: undefined, shuffleBuffer: 128, learningRate, validationData: test };
			await fit(chunks(train), options);
			await fit(chunks(train), options);
		},
	},

	'D = 1, C = 2': shaped(1, 2),
	'D = 15, C = 3': shaped(15, 3),
	'D = 16, C = 2': shaped(16, 2),
	'D = 17, C = 11': shaped(17, 11),
	"D = 17, C = 11, with Nesterov's momentum and weight decay": shaped(17, 11, {
		momentum: 0.9,
		nesterov: true,
		weightDecay: 0.01,
	}),
	'D = 33, C = 17, with label smoothing': shaped(33, 17, { labelSmoothing: 0.1 }),
	'D = 111, C = 3': shaped(111, 3),
	'D = 113, C = 5': shaped(113, 5),
	'D = 785, C = 10': shaped(785, 10),
	'D = 785, C = 101': shaped(785, 101),
	'D = 1024, C = 2': shaped(1024, 2),
	'D = 1025, C = 3': shaped(1025, 3),
	'D = 1500, C = 11': shaped(1500, 11),
	'D = 2049, C = 17': shaped(2049, 17),
	'D = 17, C = 1001': shaped(17, 1001),

	'the largest sums that int32 has to hold': {
		made: [256, 1500, 2],
		options: () => ({ initStd: 0 }),
		async run({ fit, white, train }) {
			// All weights of a class are the largest one, and so are all output gradients of the first step.
			await fit({ inputs: train.inputs.map(() => white), labels: sequence(256, () => 0) }, { learningRate: 0.001 });
		},
	},
	'bytes and floats for one model': {
		kinds: ['bytes in fixed16'],
		async run({ fit, train }) {
			const { labels } = train;
			await fit(train, { epochs: 1 });
			await fit({ inputs: kinds['floats in float32'].of(train.inputs), labels }, { epochs: 1 });
			await fit(train, { epochs: 1 });
		},
		options: () => ({ precision: 'auto' }),
	},
};

/**
 * Names of the cases that are for inputs of a kind.
 *
 * @param {string} kindName
 */
export function caseNames(kindName) {
	return Object.keys(cases).filter((name) => cases[name].kinds?.includes(kindName) ?? true);
}

/**
 * Data sets of a kind: rows to train on, and the 256 rows of Fashion-MNIST behind them. Made-up samples are all for both.
 *
 * @param {Kind} kind
 * @param {Case['made']} shape
 * @param {FashionMnistPart} sample
 */
function dataOf({ made, of }, shape, sample) {
	if (shape) {
		const samples = made(...shape);
		return { train: samples, test: samples };
	}
	const rows = (/** @type {number} */ start, /** @type {number} */ end) => ({
		inputs: of(sample.inputs.subarray(start * pixels, end * pixels)),
		labels: sample.labels.subarray(start, end),
	});
	return { train: rows(0, trained), test: rows(trained, trained + 256) };
}

/**
 * SHA-256 of the bytes of an array, in hexadecimal.
 *
 * @param {BufferSource} values
 */
async function sha256(values) {
	const digest = await crypto.subtle.digest('SHA-256', values);
	return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Of a case: of the weights and then the biases; of every batch's loss and what every epoch came to; of probabilities.
 *
 * @typedef {{ parameters: string, measures: string, probabilities?: string }} Hashes
 */

/**
 * By kind of inputs, then by case.
 *
 * @typedef {Record<string, Record<string, Hashes>>} Recorded
 */

/**
 * Runs a case.
 *
 * @param {string} caseName
 * @param {string} kindName
 * @param {Package} softmaxSimd
 * @param {FashionMnistPart} sample for training.
 * @returns {Promise<Hashes>}
 */
export async function hashesOf(caseName, kindName, softmaxSimd, sample) {
	const { facade: facadeName = 'Engine', made, options, run } = cases[caseName];
	const kind = kinds[kindName];
	const { Engine, createTrainer } = softmaxSimd;
	const trainerOptions = {
		inputShape: made ? made[1] : pixels,
		classes: made ? made[2] : classes,
		seed: 42,
		precision: kind.precision,
		...options?.(kind),
	};
	const facade = await (facadeName === 'Engine' ? Engine.create(trainerOptions) : createTrainer(trainerOptions));
	/** @type {number[]} */
	const measures = [];
	/** @type {Run['record']} */
	const record = (...values) => void measures.push(...values);
	/** @type {Run['fit']} */
	const fit = async (dataset, options) => {
		/** @type {FitOptions['onProgress']} */
		const onProgress = ({ batchLosses }) => record(...batchLosses);
		// A case with a stream is one for Trainers.
		const trainer = /** @type {import('softmax-simd').Trainer} */ (facade);
		const { epochs, bestEpoch } = await trainer.fit(dataset, { epochs: 2, learningRate: 0.1, ...options, onProgress });
		for (const { epoch, loss, accuracy, validationLoss = 0, validationAccuracy = 0 } of epochs) {
			record(epoch, loss, accuracy, validationLoss, validationAccuracy);
		}
		record(bestEpoch ?? 0);
	};
	try {
		const data = dataOf(kind, made, sample);
		const probabilities = await run({ facade, fit, record, white: kind.white, ...data });
		const { weight, bias } = await facade.getWeights();
		return {
			parameters: await sha256(Float32Array.of(...weight, ...bias)),
			measures: await sha256(Float64Array.from(measures)),
			...(probabilities && { probabilities: await sha256(probabilities) }),
		};
	} finally {
		await facade.dispose();
	}
}

/**
 * The hashes of all cases: by kind, then by name.
 *
 * @param {Package} softmaxSimd
 * @param {FashionMnistPart} sample for training.
 */
export async function allHashes(softmaxSimd, sample) {
	/** @type {Recorded} */
	const all = {};
	for (const kind of kindNames) {
		all[kind] = {};
		for (const name of caseNames(kind)) all[kind][name] = await hashesOf(name, kind, softmaxSimd, sample);
	}
	return all;
}
