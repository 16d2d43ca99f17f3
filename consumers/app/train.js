/** Trains on the sample in both arithmetics; resolves to what the weights hash to. */
export async function train({ createTrainer, loadFashionMnist }, source) {
	const { train } = await loadFashionMnist(source);
	const hashes = {};
	for (const precision of ['float32', 'fixed16']) {
		const trainer = await createTrainer({ inputShape: [28, 28], classes: 10, seed: 42, precision });
		await trainer.fit({ inputs: train.inputs, labels: train.labels }, { epochs: 2, batchSize: 256, learningRate: 0.1 });
		const { weight, bias } = await trainer.getWeights();
		const digest = await crypto.subtle.digest('SHA-256', Float32Array.of(...weight, ...bias));
		hashes[precision] = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
	}
	return hashes;
}

/** Trains in a page, whose body says what came of it. */
export async function trainInPage(softmaxSimd) {
	const result = await train(softmaxSimd, { baseUrl: '/sample/' }).catch(String);
	document.body.dataset.result = JSON.stringify(result);
}
