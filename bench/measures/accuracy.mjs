/** Test accuracy after the plain recipe, for every seed. */
import { Engine, loadFashionMnist } from 'softmax-simd';
import { initStd, recipe } from '../recipe.mjs';

/** @returns the accuracies, a fraction for every seed. */
export async function measure({ folder, precision, seeds, epochs }) {
	const { train, test } = await loadFashionMnist({ folder });
	const accuracies = [];
	for (const seed of seeds) {
		const engine = await Engine.create({ seed, precision, initStd });
		engine.fit(train, { ...recipe, epochs });
		accuracies.push(engine.evaluate(test).accuracy);
		engine.dispose();
	}
	return { accuracies };
}
