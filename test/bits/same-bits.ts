/** Hashes of the weights after two epochs on the embedded sample, the same on every engine. A change of these bits needs a major version. */
export const expectedHashes = {
	float32: '0225e4b3c558aa0f97d9e8001b1b64494c42a6bf771224897cf23d4638352689',
	fixed16: 'dd14a569a754b1647de01a5077344802934538f05382088cf3aa427830dbe277',
} as const;

export type Precision = keyof typeof expectedHashes;
export const precisions = Object.keys(expectedHashes) as Precision[];

export const trainerOptions = { inputShape: [28, 28], classes: 10, seed: 42 };
export const fitOptions = { epochs: 2, batchSize: 256, learningRate: 0.1 };
