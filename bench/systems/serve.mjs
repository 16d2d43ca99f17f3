/**
 * The measured side of the protocol: options as JSON in the first argument, then a line `{ epochs }` on standard input for every
 * request, and a line of JSON on standard output for every answer. Ends with its input.
 */
import { createInterface } from 'node:readline';

function answer(message) {
	process.stdout.write(`${JSON.stringify(message)}\n`);
}

/**
 * @param setUp `async (options) => ({ versions, note?, trainEpoch } | { versions, train })`: `trainEpoch()` returns the mean
 * loss of the epoch; `train(epochs)` returns `{ milliseconds, loss }` for each.
 */
export async function serve(setUp) {
	try {
		const { versions, note, trainEpoch, train = timed(trainEpoch) } = await setUp(JSON.parse(process.argv[2]));
		answer({ versions, note });
		for await (const line of createInterface({ input: process.stdin })) {
			answer({ epochs: await train(JSON.parse(line).epochs) });
		}
	} catch (error) {
		answer({ unavailable: error.message });
	}
	process.exit();
}

function timed(trainEpoch) {
	return async (epochs) => {
		const results = [];
		for (let epoch = 0; epoch < epochs; epoch++) {
			const began = performance.now();
			const { loss, scale = 1 } = await trainEpoch();
			results.push({ milliseconds: (performance.now() - began) * scale, loss });
		}
		return results;
	};
}
