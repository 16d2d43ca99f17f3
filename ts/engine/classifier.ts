/** A model with its shape and its classes. If the options do not give them, they are taken from the first labelled data set. */
import { badData, checkInteger, MAX_WEIGHTS, product, show } from '../api/check.js';
import { notReady } from '../api/errors.js';
import { type InputKind, type ModelSettings, precisionOf, type Scaling, scalingOf } from '../api/trainer-options.js';
import type { Precision, TrainerState, Weights } from '../api/types.js';
import type { DatasetLayout } from '../dataset/dataset.js';
import type { Classes } from '../dataset/labels.js';
import { Model } from '../kernel/model.js';
import { bytesOfModel, type MemoryBudget } from './memory-budget.js';

export class Classifier {
	readonly #budget: MemoryBudget;
	readonly settings: ModelSettings;
	#inputShape: readonly number[] | undefined;
	#classes: Classes = {};
	#classNames: readonly string[] | undefined;
	#precision: 'auto' | Precision;
	#model: Model | undefined;
	#scalings: Record<InputKind, Scaling> | undefined;
	/** Number of epochs that have begun. */
	epoch = 0;

	constructor(settings: ModelSettings, budget: MemoryBudget) {
		this.#budget = budget;
		this.settings = settings;
		this.#inputShape = settings.inputShape;
		this.#nameClasses({ count: settings.classes, names: settings.classNames });
		this.#precision = settings.precision;
		if (settings.inputShape && settings.classes) this.#create(settings.inputShape, this.#classes);
	}

	get inputShape(): readonly number[] | undefined {
		return this.#inputShape;
	}

	get precision(): 'auto' | Precision {
		return this.#precision;
	}

	/** Number and names of the classes. Each is undefined until it is known. */
	get classes(): Classes {
		return this.#classes;
	}

	/**
	 * Names of the classes; a class without a name is called by its index. A change of the names makes a new array, so that
	 * comparing references is enough to notice it.
	 */
	get classNames(): readonly string[] | undefined {
		return this.#classNames;
	}

	/**
	 * The model, for a call that needs one.
	 *
	 * @throws TrainerError with code NOT_READY before shape and classes are known
	 */
	ready(call: string): Model {
		if (this.#model) return this.#model;
		throw notReady(call);
	}

	/** The scaling of inputs of this kind. */
	scaling(kind: InputKind): Scaling {
		return this.#scalings![kind];
	}

	/** Throws if the data have another shape, other classes, or a kind that the precision does not support. */
	checkLayout({ kind, features, inputShape, classNames }: DatasetLayout): void {
		precisionOf(this.settings, kind, 2);
		const shape = this.#inputShape;
		if (shape && (product(shape) !== features || (inputShape && String(inputShape) !== String(shape)))) {
			const expected = `samples of shape ${show(shape)}, the trainer's`;
			throw badData('inputShape', expected, show(inputShape ?? [features]));
		}
		if (!classNames) return;
		const { count, names } = this.#classes;
		if (count === undefined) return;
		if (count !== classNames.length || names?.some((name, index) => name !== classNames[index])) {
			const expected = `the trainer's classes (${names ? names.join(', ') : count})`;
			throw badData('classNames', expected, classNames.join(', '));
		}
	}

	/** Takes shape, classes and precision from a labelled data set if the options did not give them. */
	settle({ kind, inputShape, features }: DatasetLayout, classes: Classes): void {
		if (!this.#model) this.#create(this.#inputShape ?? inputShape ?? [features], classes);
		else if (!this.#classes.names && classes.names) this.#nameClasses({ ...this.#classes, names: classes.names });
		if (this.#precision === 'auto') this.#precision = precisionOf(this.settings, kind, this.#classes.count!);
	}

	/** Copies of the parameters. */
	getWeights(): Weights {
		const { weight, bias } = this.ready('getWeights').parameters;
		return { weight: weight.slice(), bias: bias.slice() };
	}

	/** Replaces all parameters. The arrays must have the lengths of the present ones. */
	setWeights({ weight, bias }: Weights): void {
		const { parameters } = this.ready('setWeights');
		parameters.weight.set(weight);
		parameters.bias.set(bias);
	}

	/** A copy of everything that training needs to continue later. */
	keepState(): TrainerState {
		const { weight, bias, momentumBuffer } = this.ready('getState').snapshot();
		const { seed, initStd, inputScale, inputShift, precision } = this.settings;
		const state: TrainerState = {
			weight,
			bias,
			inputShape: [...this.#inputShape!],
			seed,
			initStd,
			precision,
			epoch: this.epoch,
		};
		if (this.#classes.names) state.classNames = [...this.#classes.names];
		if (inputScale) state.inputScale = inputScale.slice();
		if (inputShift) state.inputShift = inputShift.slice();
		if (momentumBuffer.length > 0) {
			const length = weight.length;
			state.velocity = { weight: momentumBuffer.slice(0, length), bias: momentumBuffer.slice(length) };
		}
		return state;
	}

	/** Continues from the state of a classifier that was made with the same options. */
	restoreState({ weight, bias, velocity, epoch }: TrainerState): void {
		const momentumBuffer = new Float32Array(velocity ? weight.length + bias.length : 0);
		if (velocity) {
			momentumBuffer.set(velocity.weight);
			momentumBuffer.set(velocity.bias, weight.length);
		}
		this.ready('restore').restoreState({ weight, bias, momentumBuffer });
		this.epoch = epoch;
	}

	/** Draws new weights, and counts epochs from the start. */
	reset(seed: number): void {
		this.settings.seed = seed;
		this.epoch = 0;
		this.#model?.initialize(seed, this.settings.initStd);
	}

	/** Keeps the weights of the classes that stay, draws weights for new classes, and drops the others. */
	replaceClasses(names: readonly string[]): void {
		const before = this.ready('setClasses');
		const kept = before.snapshot();
		const indexOf = new Map(this.classNames!.map((name, index) => [name, index]));
		const after = this.#draw(before.features, names.length);
		const { weight, bias } = after.parameters;
		for (const [index, name] of names.entries()) {
			const row = indexOf.get(name);
			if (row === undefined) continue;
			const { features } = before;
			weight.set(kept.weight.subarray(row * features, (row + 1) * features), index * features);
			bias[index] = kept.bias[row];
		}
		before.free();
		this.#budget.release(bytesOfModel(before.features, before.classes));
		// The choice that `auto` makes depends on the number of classes. If it changes, the next data set decides anew.
		const choice = (count: number) => precisionOf(this.settings, 'uint8', count);
		if (choice(before.classes) !== choice(names.length)) this.#precision = this.settings.precision;
		this.#model = after;
		this.#nameClasses({ count: names.length, names });
	}

	free(): void {
		this.#model?.free();
	}

	#create(inputShape: readonly number[], classes: Classes): void {
		const features = product(inputShape);
		const uint8 = scalingOf(this.settings, 'uint8', features);
		const float32 = scalingOf(this.settings, 'float32', features);
		this.#model = this.#draw(features, classes.count!);
		this.#scalings = { uint8, float32 };
		this.#inputShape = inputShape;
		this.#nameClasses(classes);
	}

	#nameClasses(classes: Classes): void {
		const { count, names } = classes;
		this.#classes = classes;
		this.#classNames =
			names ?? (count === undefined ? undefined : Array.from({ length: count }, (_, index) => String(index)));
	}

	#draw(features: number, count: number): Model {
		checkInteger('inputShape × classes', features * count, 1, MAX_WEIGHTS);
		this.#budget.reserve(bytesOfModel(features, count));
		const fixed16 = this.settings.precision !== 'float32' && precisionOf(this.settings, 'uint8', count) === 'fixed16';
		const model = new Model(features, count, fixed16);
		model.initialize(this.settings.seed, this.settings.initStd);
		return model;
	}
}
