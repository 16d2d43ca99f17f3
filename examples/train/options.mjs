/** The command line of train.mjs. */
import { integer, positiveNumber, readFlags, refuseEmpty, UsageError } from '../common/command-line.mjs';

export const usage = `Trains a softmax classifier on Fashion-MNIST and draws what it has learned.

Usage: npm start -- [options]            sets up, builds and trains
       node examples/train.mjs [options] once that is done

  --data DIR          folder with the four Fashion-MNIST files, .gz or not
                      (default: Debian's dataset-fashion-mnist, else the official download,
                      else the sample)
  --sample            the 6,000 + 1,000 images that come with the example
  --epochs N          passes over the training images (default 10)
  --batch-size N      images per step (default 256)
  --learning-rate X   (default 0.1)
  --seed N            decides the initial weights and every shuffle (default 0)
  --out DIR           folder for the pictures (default out)
  --no-pictures       no pictures
  --quiet             the last line only
  -h, --help          this text

Ctrl-C stops after the current batch and keeps what is trained; a second one exits at once.`;

const flags = {
	data: { type: 'string' },
	sample: { type: 'boolean', default: false },
	epochs: { type: 'string', default: '10' },
	'batch-size': { type: 'string', default: '256' },
	'learning-rate': { type: 'string', default: '0.1' },
	seed: { type: 'string', default: '0' },
	out: { type: 'string', default: 'out' },
	'no-pictures': { type: 'boolean', default: false },
	quiet: { type: 'boolean', default: false },
	help: { type: 'boolean', short: 'h', default: false },
};

/**
 * @param args the command line without node and the script.
 * @throws UsageError
 */
export function readOptions(args) {
	const { values } = readFlags(args, { options: flags });
	refuseEmpty(values, 'data', 'out');
	if (values.sample && values.data !== undefined) throw new UsageError('--sample and --data exclude each other');
	return {
		help: values.help,
		data: values.data,
		sample: values.sample,
		epochs: integer(values, 'epochs', 1, 100_000),
		batchSize: integer(values, 'batch-size', 1, 1_000_000),
		learningRate: positiveNumber(values, 'learning-rate'),
		seed: integer(values, 'seed', 0, 2 ** 32 - 1),
		out: values.out,
		pictures: !values['no-pictures'],
		quiet: values.quiet,
	};
}
