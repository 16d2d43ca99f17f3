export {
	BusyError,
	type ErrorCode,
	type ErrorDetails,
	InvalidTypeError,
	InvalidValueError,
	MemoryLimitError,
	NonFiniteLossError,
	TrainerError,
	WorkerCrashedError,
} from './api/errors.js';
export type * from './api/options.js';
export type * from './api/types.js';
export { type Standardization, standardize } from './dataset/standardize.js';
export { EngineDataset } from './engine/dataset.js';
export { Engine } from './engine/engine.js';
export {
	type FashionMnist,
	type FashionMnistPart,
	fashionMnistClassNames,
	loadFashionMnist,
	loadFashionMnistPart,
} from './loaders/fashion-mnist.js';
export type {
	FashionMnistDownload,
	FashionMnistFolder,
	FashionMnistOptions,
	FashionMnistWeb,
} from './loaders/files.js';
export { type IdxArray, type IdxData, parseIdx } from './loaders/idx.js';
export { accuracy, argmax, crossEntropy, oneHot, softmax } from './metrics/functions.js';
export { createTrainer, restoreTrainer } from './trainer/create.js';
export { DatasetHandle, type TrainingData } from './trainer/datasets.js';
export { Trainer } from './trainer/trainer.js';
