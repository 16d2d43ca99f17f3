/** A data set as users pass it: checked, described by a layout, and readable in slices of rows. */
import { checkClassNames, checkKeys, checkShape, optional } from '../api/check.js';
import type { InputKind } from '../api/trainer-options.js';
import type { UnlabelledDataset } from '../api/types.js';
import { type InputRows, readInputs } from './inputs.js';
import { countLabels, type LabelKind, type LabelRows, readLabels } from './labels.js';

/** The kind and the sizes of a data set, without its values. */
export interface DatasetLayout {
	kind: InputKind;
	count: number;
	features: number;
	inputShape?: number[];
	classNames?: string[];
	labels?: { kind: LabelKind; width: number };
}

/** A data set that can be read in slices of rows. */
export interface ReadableDataset {
	layout: DatasetLayout;
	inputs: InputRows;
	labels?: LabelRows;
}

const datasetKeys = ['inputs', 'labels', 'inputShape', 'classNames'];

/**
 * Checks a data set as far as possible without reading every value.
 *
 * @param shape the trainer's shape of a sample, where it has one
 * @param labelled whether labels are needed
 */
export function readDataset(
	dataset: UnlabelledDataset,
	shape: readonly number[] | undefined,
	labelled: boolean,
): ReadableDataset {
	checkKeys('dataset', dataset, datasetKeys);
	const ownShape = optional(dataset.inputShape, (shape) => checkShape('inputShape', shape));
	const classNames = dataset.classNames && checkClassNames('classNames', dataset.classNames);
	const hasLabels = labelled || dataset.labels !== undefined;
	// Missing labels of labelled data are refused here, like labels of an unknown kind.
	const labelCount = hasLabels ? countLabels(dataset.labels!) : undefined;
	const inputs = readInputs(dataset.inputs, ownShape ?? shape, labelCount);
	const labels = hasLabels ? readLabels(dataset.labels!, inputs.count) : undefined;
	const { kind, count, features } = inputs;
	return {
		inputs,
		labels,
		layout: {
			kind,
			count,
			features,
			inputShape: ownShape,
			classNames,
			labels: labels && { kind: labels.kind, width: labels.width },
		},
	};
}

/** Whether a value is a data set, and not bare inputs. */
export function isDataset(value: unknown): value is UnlabelledDataset {
	return typeof value === 'object' && value !== null && 'inputs' in value;
}
