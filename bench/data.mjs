/** The data sets. */
import { existsSync } from 'node:fs';
import { loadFashionMnist } from 'softmax-simd';
import { createRandom } from '../scripts/random.mjs';
import { debianDataset } from '../scripts/tools.mjs';
import { shapes } from './recipe.mjs';

/** Folder of Fashion-MNIST: of Debian's package, or else of the checked download. */
export async function findFashionMnist() {
	if (existsSync(debianDataset)) return debianDataset;
	const { source } = await loadFashionMnist({ download: true });
	return source;
}

/**
 * @param name `fashion-mnist` or `embeddings`.
 * @param folder of Fashion-MNIST.
 * @returns a dataset for `fit`.
 */
export async function loadTrainingData(name, folder) {
	if (name === 'embeddings') return makeEmbeddings();
	const { train } = await loadFashionMnist({ folder });
	return { inputs: train.inputs, labels: train.labels };
}

/** Features as a frozen network gives them: float32, every class around a centre of its own. */
function makeEmbeddings() {
	const { samples, features, classes } = shapes.embeddings;
	const { normal } = createRandom(1);
	const centres = Float32Array.from({ length: classes * features }, () => 0.3 * normal());
	const labels = Uint8Array.from({ length: samples }, (_, row) => row % classes);
	const inputs = new Float32Array(samples * features);
	for (let row = 0; row < samples; row++) {
		for (let feature = 0; feature < features; feature++) {
			inputs[row * features + feature] = centres[labels[row] * features + feature] + normal();
		}
	}
	return { inputs, labels };
}
