/** Trains on a folder of images per class. `node examples/folder.mjs --help` lists the options. */
import { importBuilt, run, UsageError } from './common/command-line.mjs';
import { readModel, writeModel } from './common/model-file.mjs';
import { readOptions, usage } from './folder/options.mjs';
import { describeData, describeEpoch, describePrediction, describeResult } from './folder/report.mjs';

/** Fits, and with images held out takes the epoch that tells them apart best. */
async function fit(trainer, dataset, { epochs, holdOut, quiet }) {
	try {
		return await trainer.fit(dataset, {
			epochs,
			batchSize: 32,
			learningRate: { schedule: 'cosine', initial: 0.02 },
			momentum: 0.9,
			classWeight: 'balanced',
			validationSplit: holdOut,
			earlyStopping: holdOut > 0 ? { monitor: 'validationLoss', patience: 10 } : undefined,
			onEpochEnd: quiet ? undefined : (log) => console.log(describeEpoch(log)),
		});
	} catch (error) {
		if (error.field !== 'validationSplit') throw error;
		throw new UsageError(`--hold-out: expected ${error.expected}, got ${error.got}`);
	}
}

async function train({ createTrainer }, { readFolder }, { encodeModel }, options) {
	const { dataset, skipped } = await readFolder(options.folder, options.size);
	for (const { path, reason } of skipped) console.error(`${path} skipped: ${reason}`);
	console.log(describeData(dataset, options.folder));
	const { inputShape, classNames } = dataset;
	const trainer = await createTrainer({ inputShape, classes: classNames, seed: options.seed });
	const history = await fit(trainer, dataset, options);
	await writeModel(options.model, encodeModel(await trainer.getState()));
	console.log(describeResult(history, options.model));
	return trainer;
}

async function restore({ restoreTrainer }, { decodeModel }, path) {
	const saved = await readModel(path, decodeModel);
	if (saved) return restoreTrainer(saved);
	throw new UsageError(`FOLDER: needed, as there is no ${path} yet to predict with`);
}

async function main(options) {
	const core = await importBuilt(() => import('softmax-simd'));
	const formats = await importBuilt(() => import('softmax-simd/formats'));
	const dataset = await importBuilt(() => import('./folder/dataset.mjs'));
	const isTraining = options.folder !== undefined;
	const trainer = isTraining
		? await train(core, dataset, formats, options)
		: await restore(core, formats, options.model);
	if (options.predict !== undefined) {
		const { top } = await trainer.predict(await dataset.readImageFor(options.predict, trainer.inputShape), {
			topK: Math.min(3, trainer.classNames.length),
		});
		console.log(describePrediction(options.predict, top[0]));
	}
	await trainer.dispose();
}

await run(readOptions, usage, main);
