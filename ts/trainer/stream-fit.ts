/** `fit` on a stream: one pass, window by window; the source waits while the worker trains. */

import { InvalidValueError, withHistory } from '../api/errors.js';
import type { FitSettings } from '../api/fit-options.js';
import { describeEpoch } from '../api/results.js';
import type { Dataset, DatasetStream, Evaluation, History } from '../api/types.js';
import { windowsOf } from '../dataset/stream.js';
import type { DatasetHandle, TrainingData } from './datasets.js';
import type { Fit } from './fit.js';

export async function fitStream(
	fit: Fit,
	stream: DatasetStream,
	evaluate: (validationData: TrainingData) => Promise<Evaluation>,
): Promise<History> {
	const { connection, options } = fit;
	const settings = streamSettings(fit.settings, options.epochs);
	const { inputShape, epoch } = connection.description;
	const began = performance.now();
	let window = 0;
	let trained = 0;
	let loss = 0;
	let correct = 0;
	for await (const { count, ...dataset } of windowsOf(stream, settings.shuffleBuffer, inputShape, fit.wait)) {
		if (fit.isEnding()) break;
		const [log] = (await fitWindow(fit, dataset, { ...settings, window: window++ })).epochs;
		// None where it was ended before.
		if (!log) break;
		trained += count;
		loss += log.loss * count;
		correct += log.accuracy * count;
	}
	const early = fit.endedEarly();
	if (early) return early;
	const milliseconds = performance.now() - began;
	const validation = options.validationData && (await evaluate(options.validationData));
	const means = { epoch: epoch + 1, loss: loss / trained, accuracy: correct / trained };
	const log = describeEpoch(means, trained, milliseconds, validation);
	const history = { ...connection.emptyHistory(), epochs: [log] };
	try {
		await connection.untilEnd((async () => options.onEpochEnd?.(log))());
	} catch (error) {
		throw withHistory(error, history);
	}
	return fit.endedEarly(history) ?? history;
}

async function fitWindow(fit: Fit, window: Dataset, settings: FitSettings): Promise<History> {
	const { connection, datasets } = fit;
	const borrowed: DatasetHandle[] = [];
	try {
		const { id } = await datasets.borrow(window, borrowed, fit.isEnding);
		// Ended while it was sent: not all of it arrived.
		if (fit.isEnding()) return connection.emptyHistory();
		return await fit.train(id, undefined, settings, undefined, fit.options.onProgress);
	} finally {
		// Not by their own release, which waits for the end of the fit.
		for (const { id } of borrowed) connection.call((api) => api.release(id)).catch(() => {});
	}
}

/**
 * The settings of one pass over a stream.
 *
 * @throws InvalidValueError with code CONTRADICTION where an option needs data that can be read twice, or their number
 */
function streamSettings(settings: FitSettings, epochs: number | undefined): FitSettings {
	const { rate, validationSplit, earlyStopping, sampleWeight, classWeight } = settings;
	const needs: [string, boolean][] = [
		['epochs above 1', epochs !== undefined && epochs !== 1],
		['validationSplit', validationSplit > 0],
		['earlyStopping', earlyStopping !== undefined],
		['sampleWeight', sampleWeight !== undefined],
		['classWeight "balanced"', classWeight === 'balanced'],
		['a learningRate that goes from batch to batch', rate.kind === 'cosine' || rate.kind === 'linear'],
	];
	const need = needs.find(([, isGiven]) => isGiven);
	if (need) {
		const expected = 'data that can be read again';
		throw new InvalidValueError({ field: need[0], expected, got: 'a stream' }, 'CONTRADICTION');
	}
	return { ...settings, epochs: 1 };
}
