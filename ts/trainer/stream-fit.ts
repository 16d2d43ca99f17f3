/** `fit` on a stream. It reads the stream once, window by window. The source waits while the worker trains. */

import { withHistory } from '../api/errors.js';
import type { SettingsFrom } from '../api/fit-options.js';
import { describeEpoch } from '../api/results.js';
import type { DatasetStream, Evaluation } from '../api/types.js';
import { windowsOf } from '../dataset/stream.js';
import type { Outcome } from '../protocol/calls.js';
import type { Fit } from './fit.js';

/** @param validate evaluates the validation data, if there are any */
export async function trainOnStream(
	fit: Fit,
	stream: DatasetStream,
	settingsFrom: SettingsFrom,
	validate: (() => Promise<Evaluation>) | undefined,
): Promise<Outcome> {
	const { connection, options } = fit;
	const { inputShape, epoch } = connection.description;
	const settings = settingsFrom(epoch + 1);
	fit.letOthersIn();
	const began = performance.now();
	let window = 0;
	let trained = 0;
	let loss = 0;
	let correct = 0;
	for await (const { count, ...dataset } of windowsOf(stream, settings.shuffleBuffer, inputShape, fit.wait)) {
		if (fit.isEnding()) break;
		const { history } = await fit.train({ dataset }, undefined, { ...settings, window: window++ }, undefined);
		const [log] = history.epochs;
		// There is no log if training was ended during this window.
		if (!log) break;
		trained += count;
		loss += log.loss * count;
		correct += log.accuracy * count;
	}
	if (fit.isEnding()) return fit.ended();
	const milliseconds = performance.now() - began;
	const means = { epoch: epoch + 1, loss: loss / trained, accuracy: correct / trained };
	const log = describeEpoch(means, trained, milliseconds, await validate?.());
	const history = { ...connection.emptyHistory(), epochs: [log] };
	try {
		await connection.untilEnd((async () => options.onEpochEnd?.(log))());
	} catch (error) {
		throw withHistory(error, history);
	}
	return fit.ended(history);
}
