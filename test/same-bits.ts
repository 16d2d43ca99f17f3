/** The weights that two epochs on the embedded sample end in, on every engine. A change of these bits is a major version. */
export const expectedHash = '0225e4b3c558aa0f97d9e8001b1b64494c42a6bf771224897cf23d4638352689';

export const trainerOptions = { inputShape: [28, 28], classes: 10, seed: 42 };
export const fitOptions = { epochs: 2, batchSize: 256, learningRate: 0.1 };
