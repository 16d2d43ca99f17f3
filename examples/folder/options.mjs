/** The command line of folder.mjs. */
import { fraction, integer, readFlags, refuseEmpty, UsageError } from '../common/command-line.mjs';

export const usage = `Trains on a folder of PNG images per class, such as pets/cat/1.png and pets/dog/1.png.

Usage: node examples/folder.mjs FOLDER [options]         trains, and keeps the model
       node examples/folder.mjs --predict FILE [options] asks the model that was kept

  --predict FILE  tells the most probable classes of an image
  --model FILE    where the model is kept (default out/folder.safetensors)
  --size N        width and height that images are brought to (default 28)
  --hold-out X    fraction of every class that is not trained on but tells how good the
                  model is and when to stop; 0 trains on all (default 0.2)
  --epochs N      passes over the images, if it does not stop before (default 30)
  --seed N        decides the initial weights, what is held out and every shuffle (default 0)
  --quiet         no line per epoch
  -h, --help      this text

The model sees gray images as long as all are gray, and colours otherwise. What is transparent
counts as white. A file that is no PNG image is named and skipped.`;

const flags = {
	predict: { type: 'string' },
	model: { type: 'string', default: 'out/folder.safetensors' },
	size: { type: 'string', default: '28' },
	'hold-out': { type: 'string', default: '0.2' },
	epochs: { type: 'string', default: '30' },
	seed: { type: 'string', default: '0' },
	quiet: { type: 'boolean', default: false },
	help: { type: 'boolean', short: 'h', default: false },
};

/**
 * @param args the command line without node and the script.
 * @throws UsageError
 */
export function readOptions(args) {
	const { values, positionals } = readFlags(args, { options: flags, allowPositionals: true });
	refuseEmpty(values, 'predict', 'model');
	if (positionals.length > 1) throw new UsageError(`FOLDER: expected one, got ${positionals.join(', ')}`);
	const [folder] = positionals;
	if (folder === undefined && values.predict === undefined && !values.help) {
		throw new UsageError('expected a FOLDER to train on, or --predict FILE');
	}
	return {
		help: values.help,
		folder,
		predict: values.predict,
		model: values.model,
		size: integer(values, 'size', 1, 1024),
		holdOut: fraction(values, 'hold-out'),
		epochs: integer(values, 'epochs', 1, 100_000),
		seed: integer(values, 'seed', 0, 2 ** 32 - 1),
		quiet: values.quiet,
	};
}
