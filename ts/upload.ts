/** A data set on its way into the module's memory, slice by slice. */
import { badData, show } from './check.js';
import { type Classes, checkTargets, classIndices, resolveClasses } from './classes.js';
import type { DatasetLayout } from './dataset.js';
import type { Samples } from './kernel.js';
import type { Labels } from './options.js';

/** Writes slices one after the other; `finish` checks the whole. */
export class Upload {
	#rows = 0;
	readonly #labels: Labels[] = [];

	constructor(
		readonly layout: DatasetLayout,
		readonly samples: Samples,
	) {}

	/** The next rows and their labels. */
	write(inputs: Uint8Array | Float32Array, labels?: Labels): void {
		this.samples.writeInputs(this.#rows, inputs);
		this.#rows += inputs.length / this.layout.features;
		if (labels) this.#labels.push(labels);
	}

	/**
	 * Checks every value and hands the labels to the kernel.
	 *
	 * @returns the classes: those known before, or those the labels show
	 */
	finish(known: Classes): Classes {
		const { layout, samples } = this;
		const bad = samples.firstNonFinite();
		if (bad) {
			const { row, column, value } = bad;
			throw badData('inputs', 'a finite number', show(value), { row, column });
		}
		if (!layout.labels) return known;
		const { kind, width } = layout.labels;
		const classes = resolveClasses(this.#labels, kind, width, known);
		if (kind === 'targets') samples.setTargets(this.#joinTargets(width), width);
		else samples.allocateClasses().set(this.#joinIndices(classes));
		return classes;
	}

	#joinTargets(width: number): Float32Array {
		const targets = new Float32Array(this.layout.count * width);
		let position = 0;
		for (const part of this.#labels as Float32Array[]) {
			checkTargets(part, width, position / width);
			targets.set(part, position);
			position += part.length;
		}
		return targets;
	}

	#joinIndices(classes: Classes): Uint16Array {
		const indices = new Uint16Array(this.layout.count);
		let row = 0;
		for (const part of this.#labels) {
			indices.set(classIndices(part, this.layout.labels!.kind, row, classes), row);
			row += part.length;
		}
		return indices;
	}
}
