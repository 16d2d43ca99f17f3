/** How many uploaded images are evaluated and predicted in a second. */
import { createTrainer, Engine, loadFashionMnist } from 'softmax-simd';
import { timeAsync } from './timing.mjs';

const facades = { Engine: (options) => Engine.create(options), Trainer: createTrainer };

async function measureOne(facade, precision, train) {
	const model = await facades[facade]({ precision });
	const handle = await model.upload(train);
	await model.fit(handle, { epochs: 1 });
	const count = train.labels.length;
	const perSecond = async (action) => (count / (await timeAsync(action))) * 1000;
	const evaluate = await perSecond(() => model.evaluate(handle));
	const predict = await perSecond(() => model.predict(handle));
	await model.dispose();
	return { facade, precision, evaluate, predict };
}

/** @returns images a second, a row for every façade and precision. */
export async function measure({ folder, precisions }) {
	const { train } = await loadFashionMnist({ folder });
	const rows = [];
	for (const facade of Object.keys(facades)) {
		for (const precision of precisions) rows.push(await measureOne(facade, precision, train));
	}
	return rows;
}
