/** Trains the head of a classifier on embeddings. `node examples/embeddings.mjs --help` lists the options. */
import { fileURLToPath } from 'node:url';
import { importBuilt, integer, readFlags, refuseEmpty, run } from './common/command-line.mjs';
import { writeModel } from './common/model-file.mjs';
import { createNetwork, embed } from './embeddings/network.mjs';
import { comparison, describeNetwork, reportTable } from './embeddings/report.mjs';

const usage = `Trains a head on the embeddings of a frozen network, and compares it with one on the bare pixels.

Usage: node examples/embeddings.mjs [options]

  --model FILE   where the head goes (default out/embeddings.safetensors)
  --epochs N     passes over the training images (default 20)
  --seed N       decides the network's filters, the initial weights and every shuffle (default 0)
  -h, --help     this text

The images are the 6,000 + 1,000 of examples/sample. The network has one layer of random filters
that nobody trained: what it adds is all due to convolution, ReLU and pooling. An app puts the
embeddings of a trained network in its place; what comes after that stays as it is here.`;

const sample = fileURLToPath(new URL('sample', import.meta.url));

/** For both heads the same: momentum, and a rate that falls to 0 along half a cosine. */
function recipe({ epochs }) {
	const learningRate = { schedule: 'cosine', initial: 0.01 };
	return { epochs, batchSize: 64, learningRate, momentum: 0.9, nesterov: true, weightDecay: 0.001 };
}

function readOptions(args) {
	const { values } = readFlags(args, {
		options: {
			model: { type: 'string', default: 'out/embeddings.safetensors' },
			epochs: { type: 'string', default: '20' },
			seed: { type: 'string', default: '0' },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	refuseEmpty(values, 'model');
	return {
		help: values.help,
		model: values.model,
		epochs: integer(values, 'epochs', 1, 100_000),
		seed: integer(values, 'seed', 0, 2 ** 32 - 1),
	};
}

/** A dataset with the network's embeddings in place of its images. */
function embedDataset(network, { inputs, labels, classNames }) {
	return { inputs: embed(network, inputs), labels, inputShape: network.features, classNames };
}

/** Fits a new head. @returns its trainer and what it thinks of the test data */
async function trainHead(createTrainer, { train, test }, options, scaling) {
	const { inputShape, classNames } = train;
	const trainer = await createTrainer({ inputShape, classes: classNames, seed: options.seed, ...scaling });
	await trainer.fit(train, recipe(options));
	return { trainer, probabilities: (await trainer.predict(test.inputs)).probabilities };
}

async function main(options) {
	const { createTrainer, loadFashionMnist, standardize } = await importBuilt(() => import('softmax-simd'));
	const { classificationReport } = await importBuilt(() => import('softmax-simd/metrics'));
	const { encodeModel } = await importBuilt(() => import('softmax-simd/formats'));
	const images = await loadFashionMnist({ folder: sample });
	const { labels, classNames } = images.test;
	const report = ({ probabilities }) => classificationReport(probabilities, labels, { classNames, topK: 3 });

	// The worker trains on the pixels while this thread computes the embeddings.
	const training = trainHead(createTrainer, images, options, standardize(images.train));
	const network = createNetwork(options.seed);
	const started = performance.now();
	const embeddings = { train: embedDataset(network, images.train), test: embedDataset(network, images.test) };
	console.log(describeNetwork(network, images, performance.now() - started));

	const pixelHead = await training;
	await pixelHead.trainer.dispose();
	const head = await trainHead(createTrainer, embeddings, options, standardize(embeddings.train));
	console.log(reportTable(report(head)));
	await writeModel(options.model, encodeModel(await head.trainer.getState()));
	await head.trainer.dispose();
	console.log(`the head is in ${options.model}`);
	console.log(comparison(report(pixelHead), report(head)));
}

await run(readOptions, usage, main);
