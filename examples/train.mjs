/** Trains on Fashion-MNIST, prints a row per epoch and draws pictures. `node examples/train.mjs --help` lists the options. */
import { mkdir } from 'node:fs/promises';
import { Advice, importBuilt, run, UsageError } from './common/command-line.mjs';
import { loadData } from './train/data.mjs';
import { readOptions, usage } from './train/options.mjs';
import { describeData, describeTraining, summary, tableHeader, tableRow } from './train/report.mjs';

async function makeFolder(folder) {
	try {
		await mkdir(folder, { recursive: true });
	} catch (error) {
		throw new UsageError(`--out: ${error.message}`);
	}
}

/** Fits until the end or the first Ctrl-C. A second one exits, once the progress bar has put the terminal right. */
async function fit(trainer, train, test, { epochs, batchSize, learningRate, quiet }, progress) {
	let interrupts = 0;
	const interrupt = () => {
		if (++interrupts === 1) return trainer.stop();
		progress.clear();
		process.exit(130);
	};
	process.on('SIGINT', interrupt);
	try {
		return await trainer.fit(train, {
			epochs,
			batchSize,
			learningRate,
			validationData: test,
			onEpochEnd: (log) => progress.row(tableRow(log)),
			onProgress: quiet ? undefined : progress.update,
		});
	} catch (error) {
		throw error.code === 'NON_FINITE_LOSS' ? new Advice(error.message) : error;
	} finally {
		progress.clear();
		process.off('SIGINT', interrupt);
	}
}

async function predictAndDraw(pictures, trainer, testHandle, { history, test, out }) {
	const { classIndices } = await trainer.predict(testHandle);
	const { weight } = await trainer.getWeights();
	return pictures.drawResult(out, { history, test, classIndices, weight });
}

async function main(options) {
	const started = performance.now();
	const { createTrainer, loadFashionMnist } = await importBuilt(() => import('softmax-simd'));
	const { createProgress } = await importBuilt(() => import('./train/progress.mjs'));
	const pictures = options.pictures ? await importBuilt(() => import('./train/pictures.mjs')) : null;
	if (pictures) await makeFolder(options.out);
	const print = options.quiet ? () => {} : console.log;

	const data = await loadData(options, loadFashionMnist);
	print(describeData(data, options));

	const { inputShape, classNames } = data.train;
	const trainer = await createTrainer({ inputShape, classes: classNames, seed: options.seed });
	const train = await trainer.upload(data.train);
	const test = await trainer.upload(data.test);
	print(describeTraining(data, trainer.precision, options));
	print(tableHeader);

	const fitStarted = performance.now();
	const fitted = fit(trainer, train, test, options, createProgress(options.epochs, print));
	// Drawn on this thread while the worker trains.
	const samples = pictures?.drawSamples(options.out, data.train);
	const history = await fitted;
	const fitMilliseconds = performance.now() - fitStarted;

	const evaluation = await trainer.evaluate(test);
	if (pictures) {
		const result = { history, test: data.test, out: options.out };
		const paths = await predictAndDraw(pictures, trainer, test, result);
		print(`\npictures  ${[await samples, ...paths].join(', ')}`);
	}
	await trainer.dispose();
	console.log(summary(history, evaluation, fitMilliseconds, performance.now() - started));
}

await run(readOptions, usage, main);
