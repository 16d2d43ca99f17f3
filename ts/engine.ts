/** The synchronous façade: owns the kernel's memory. For workers of the caller's own; `Trainer` runs one in ours. */
import { compileKernel } from '#wasm';
import { checkInteger, MAX_WEIGHTS, product, show } from './check.js';
import { type DatasetLayout, isDataset, readDataset } from './dataset.js';
import { BusyError, InvalidTypeError, InvalidValueError, notReady, TrainerError } from './errors.js';
import { withHistory } from './history.js';
import { Kernel, type Model, type Samples } from './kernel.js';
import type { Classes } from './labels.js';
import type {
	Dataset,
	Evaluation,
	FitOptions,
	History,
	Inputs,
	Precision,
	Prediction,
	PredictOptions,
	TrainerOptions,
	UnlabelledDataset,
	Weights,
} from './options.js';
import { describePrediction, nameClasses } from './prediction.js';
import { ProgressReporter } from './reporter.js';
import {
	checkFitOptions,
	checkPredictOptions,
	checkTrainerOptions,
	type FitSettings,
	type ModelSettings,
	precisionOf,
	scalingOf,
} from './settings.js';
import { type Step, trainBatches } from './training.js';
import { Upload } from './upload.js';

/** Rows per call into the kernel where a result has a row per sample. */
const PREDICTION_ROWS = 4096;

/** Samples in the engine's memory, for as many calls as wanted. */
export class EngineDataset {
	/** Number of samples. */
	readonly count: number;
	readonly #release: () => void;

	/** @internal */
	constructor(count: number, release: () => void) {
		this.count = count;
		this.#release = release;
	}

	/** Frees the memory. Calling it again does nothing; while `fit` runs it waits for its end. */
	release(): void {
		this.#release();
	}
}

/** A softmax classifier that trains in the thread that calls it. */
export class Engine {
	readonly #kernel: Kernel;
	readonly #settings: ModelSettings;
	readonly #datasets = new Map<EngineDataset, Samples>();
	#releasedDuringFit: Samples[] = [];
	#inputShape: readonly number[] | undefined;
	#classes: Classes;
	#model: Model | undefined;
	#scalings: { uint8: ReturnType<typeof scalingOf>; float32: ReturnType<typeof scalingOf> } | undefined;
	#precision: 'auto' | Precision;
	#epoch = 0;
	#fitting = false;
	#stopped = false;
	#disposed = false;

	private constructor(kernel: Kernel, settings: ModelSettings) {
		this.#kernel = kernel;
		this.#settings = settings;
		this.#inputShape = settings.inputShape;
		this.#precision = settings.precision;
		this.#classes = { count: settings.classes, names: settings.classNames };
		if (settings.inputShape && settings.classes) this.#define(settings.inputShape, this.#classes);
	}

	/**
	 * Compiles the kernel and draws the initial weights.
	 *
	 * @param module the kernel, where it was compiled elsewhere
	 * @throws InvalidTypeError, InvalidValueError naming the option at fault
	 */
	static async create(options: TrainerOptions = {}, module?: WebAssembly.Module): Promise<Engine> {
		const settings = checkTrainerOptions(options);
		return new Engine(await Kernel.load(module ?? (await compileKernel())), settings);
	}

	/** The arithmetic in use; `auto` until the first data set has settled it. */
	get precision(): 'auto' | Precision {
		return this.#precision;
	}

	/** Shape of a sample, once it is known. */
	get inputShape(): readonly number[] | undefined {
		return this.#inputShape;
	}

	/** Names of the classes (their indices in digits where they have none), once they are known. */
	get classNames(): readonly string[] | undefined {
		return this.#classes.count === undefined ? undefined : nameClasses(this.#classes.count, this.#classes.names);
	}

	/** Epochs begun so far. */
	get epoch(): number {
		return this.#epoch;
	}

	/** Copies a data set into the engine's memory. The first one with labels settles D and C where they were left open. */
	upload(dataset: UnlabelledDataset): EngineDataset {
		this.#checkAlive();
		const { layout, inputs, labels } = readDataset(dataset, this.#inputShape, false);
		const upload = this.beginUpload(layout);
		try {
			upload.write(inputs.read(0, layout.count), labels?.read(0, layout.count));
		} catch (error) {
			this.cancelUpload(upload);
			throw error;
		}
		return this.finishUpload(upload);
	}

	/** @internal Makes room for a data set that comes in slices. */
	beginUpload(layout: DatasetLayout): Upload {
		this.#checkAlive();
		this.#checkLayout(layout);
		precisionOf(this.#settings, layout.kind, 2);
		return new Upload(layout, this.#kernel.allocateSamples(layout.kind, layout.count, layout.features));
	}

	/** @internal */
	finishUpload(upload: Upload): EngineDataset {
		const { layout, samples } = upload;
		try {
			const known = { ...this.#classes, ...(layout.classNames && classesOf(layout.classNames)) };
			const classes = upload.finish(known);
			if (layout.labels) {
				this.#define(this.#inputShape ?? layout.inputShape ?? [layout.features], classes);
				if (this.#precision === 'auto') this.#precision = precisionOf(this.#settings, layout.kind, classes.count!);
			}
		} catch (error) {
			samples.free();
			throw error;
		}
		const dataset: EngineDataset = new EngineDataset(layout.count, () => this.#release(dataset));
		this.#datasets.set(dataset, samples);
		return dataset;
	}

	/** @internal */
	cancelUpload(upload: Upload): void {
		upload.samples.free();
	}

	/**
	 * Trains, and returns when done. Callbacks are called but not awaited.
	 *
	 * @throws InvalidTypeError, InvalidValueError before anything has changed; BusyError when called from a callback of a
	 *   running `fit`; NonFiniteLossError; the signal's reason
	 */
	fit(dataset: Dataset | EngineDataset, options: FitOptions<Dataset | EngineDataset> = {}): History {
		this.#checkAlive();
		const settings = checkFitOptions(options);
		if (this.#fitting) throw new BusyError('fit');
		if (options.signal?.aborted) throw withHistory(options.signal.reason, this.createHistory());
		return this.#with(dataset, true, (training) => {
			const fit = (validation?: EngineDataset) => this.#drain(training, validation, settings, options);
			return options.validationData ? this.#with(options.validationData, true, fit) : fit();
		});
	}

	#drain(
		training: EngineDataset,
		validation: EngineDataset | undefined,
		settings: FitSettings,
		options: FitOptions<Dataset | EngineDataset>,
	): History {
		const history = this.createHistory();
		const { signal, onEpochEnd, onProgress } = options;
		const reporter = onProgress && new ProgressReporter(onProgress);
		try {
			for (const step of this.train(training, validation, settings, history)) {
				reporter?.add(step);
				if (step.log) {
					reporter?.flush();
					onEpochEnd?.(step.log);
				}
				if (signal?.aborted) throw signal.reason;
				if (this.#stopped) {
					history.stoppedBy = 'stop';
					break;
				}
			}
		} catch (error) {
			throw withHistory(error, history);
		}
		return history;
	}

	/** @internal The loop of `fit`, batch by batch. */
	*train(
		training: EngineDataset,
		validation: EngineDataset | undefined,
		settings: FitSettings,
		history: History,
	): Generator<Step, void> {
		if (this.#fitting) throw new BusyError('fit');
		const samples = this.#labelled(training);
		if (validation) this.#labelled(validation);
		const model = this.#known('fit');
		this.#fitting = true;
		this.#stopped = false;
		try {
			yield* trainBatches({
				model,
				samples,
				scaling: this.#scalings![samples.kind],
				settings,
				seed: this.#settings.seed,
				epoch: this.#epoch,
				history,
				evaluate: validation && (() => this.#evaluate(model, this.#labelled(validation))),
				onEpoch: (epoch) => {
					this.#epoch = epoch;
				},
			});
		} finally {
			this.#fitting = false;
			for (const released of this.#releasedDuringFit.splice(0)) released.free();
		}
	}

	/** @internal A history without epochs. */
	createHistory(): History {
		return { epochs: [], stoppedBy: 'epochs', precision: this.#precision };
	}

	/** Called from a callback of `fit`: ends it after the current batch. */
	stop(): void {
		this.#stopped = true;
	}

	/** Mean loss and accuracy on a data set. */
	evaluate(dataset: Dataset | EngineDataset): Evaluation {
		this.#checkAlive();
		const model = this.#known('evaluate');
		return this.#with(dataset, true, (uploaded) => this.#evaluate(model, this.#labelled(uploaded)));
	}

	#evaluate(model: Model, samples: Samples): Evaluation {
		const { count } = samples;
		model.useScaling(this.#scalings![samples.kind]);
		const { loss, correct } = model.evaluate(samples, 0, count);
		return { loss: loss / count, accuracy: correct / count, correct, count };
	}

	/** The most probable class of every sample, and all probabilities. */
	predict(inputs: Inputs | UnlabelledDataset | EngineDataset, options: PredictOptions = {}): Prediction {
		this.#checkAlive();
		const topK = checkPredictOptions(options, this.#known('predict').classes);
		return describePrediction(this.probabilities(inputs), this.classNames!, topK);
	}

	/** @internal Probabilities `[count, C]`. */
	probabilities(inputs: Inputs | UnlabelledDataset | EngineDataset): Float32Array {
		this.#checkAlive();
		const model = this.#known('predict');
		const dataset = inputs instanceof EngineDataset || isDataset(inputs) ? inputs : { inputs };
		return this.#with(dataset, false, (uploaded) => {
			const samples = this.#samples(uploaded);
			const probabilities = new Float32Array(samples.count * model.classes);
			model.useScaling(this.#scalings![samples.kind]);
			for (let row = 0; row < samples.count; row += PREDICTION_ROWS) {
				const end = Math.min(samples.count, row + PREDICTION_ROWS);
				probabilities.set(model.predict(samples, row, end), row * model.classes);
			}
			return probabilities;
		});
	}

	/** Copies of the parameters. */
	getWeights(): Weights {
		this.#checkAlive();
		const { weight, bias } = this.#known('getWeights').parameters;
		return { weight: weight.slice(), bias: bias.slice() };
	}

	/**
	 * Replaces the parameters.
	 *
	 * @throws InvalidTypeError, InvalidValueError where an array has another length or holds a value that is not finite
	 */
	setWeights(weights: Weights): void {
		this.#checkAlive();
		if (this.#fitting) throw new BusyError('setWeights');
		const { parameters } = this.#known('setWeights');
		const { weight, bias } = checkWeights(weights, parameters);
		parameters.weight.set(weight);
		parameters.bias.set(bias);
	}

	/** Frees the engine's memory; every later call throws. Calling it again does nothing. */
	dispose(): void {
		if (this.#disposed) return;
		if (this.#fitting) throw new BusyError('dispose');
		this.#disposed = true;
		for (const samples of this.#datasets.values()) samples.free();
		this.#datasets.clear();
		this.#model?.free();
	}

	#define(inputShape: readonly number[], classes: Classes): void {
		if (this.#model) {
			this.#classes = { ...this.#classes, names: this.#classes.names ?? classes.names };
			return;
		}
		const features = product(inputShape);
		const count = classes.count!;
		checkInteger('inputShape × classes', features * count, 1, MAX_WEIGHTS);
		const uint8 = scalingOf(this.#settings, 'uint8', features);
		const float32 = scalingOf(this.#settings, 'float32', features);
		this.#scalings = { uint8, float32 };
		this.#model = this.#kernel.createModel(features, count, precisionOf(this.#settings, 'uint8', count) === 'fixed16');
		this.#model.initialize(this.#settings.seed, this.#settings.initStd);
		this.#inputShape = inputShape;
		this.#classes = classes;
	}

	#checkLayout({ features, inputShape, classNames }: DatasetLayout): void {
		const shape = this.#inputShape;
		if (shape && (product(shape) !== features || (inputShape && String(inputShape) !== String(shape)))) {
			const got = show(inputShape ?? [features]);
			const expected = `samples of shape ${show(shape)}, the trainer's`;
			throw new InvalidValueError({ field: 'inputShape', expected, got }, 'INVALID_DATA');
		}
		if (!classNames) return;
		const { count, names } = this.#classes;
		if (names ? String(names) !== String(classNames) : count !== undefined && count !== classNames.length) {
			const expected = `the trainer's classes (${names ? names.join(', ') : count})`;
			throw new InvalidValueError({ field: 'classNames', expected, got: classNames.join(', ') }, 'INVALID_DATA');
		}
	}

	#known(call: string): Model {
		if (this.#model) return this.#model;
		throw notReady(call);
	}

	#checkAlive(): void {
		if (this.#disposed) throw new TrainerError('the engine was disposed', 'DISPOSED');
	}

	#samples(dataset: EngineDataset): Samples {
		const samples = this.#datasets.get(dataset);
		if (samples) return samples;
		throw new InvalidValueError({
			field: 'dataset',
			expected: 'a data set of this trainer',
			got: 'a released or foreign one',
		});
	}

	#labelled(dataset: EngineDataset): Samples {
		const samples = this.#samples(dataset);
		if (samples.hasTargets) return samples;
		throw new InvalidValueError({ field: 'labels', expected: 'labels', got: 'a data set uploaded without them' });
	}

	#with<T>(dataset: UnlabelledDataset | EngineDataset, labelled: boolean, use: (uploaded: EngineDataset) => T): T {
		if (dataset instanceof EngineDataset) return use(dataset);
		if (labelled) readDataset(dataset, this.#inputShape, true);
		const uploaded = this.upload(dataset);
		try {
			return use(uploaded);
		} finally {
			uploaded.release();
		}
	}

	#release(dataset: EngineDataset): void {
		const samples = this.#datasets.get(dataset);
		if (!samples) return;
		this.#datasets.delete(dataset);
		if (this.#fitting) this.#releasedDuringFit.push(samples);
		else samples.free();
	}
}

function classesOf(names: readonly string[]): Classes {
	return { count: names.length, names };
}

function checkWeights(weights: Weights, like: Weights): Weights {
	for (const field of ['weight', 'bias'] as const) {
		const values: unknown = weights?.[field];
		const expected = `a Float32Array of ${like[field].length} finite values`;
		if (!(values instanceof Float32Array)) throw new InvalidTypeError({ field, expected, got: show(values) });
		if (values.length !== like[field].length) {
			throw new InvalidValueError({ field, expected, got: `${values.length} values` });
		}
		const column = values.findIndex((value) => !Number.isFinite(value));
		if (column >= 0) throw new InvalidValueError({ field, column, expected, got: show(values[column]) });
	}
	return weights;
}
