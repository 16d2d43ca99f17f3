export { fashionMnistClassNames } from './data/class-names.js';
export type { FashionMnist, FashionMnistPart } from './data/fashion-mnist.js';
export type { FashionMnistDownload, FashionMnistFolder, FashionMnistOptions, FashionMnistWeb } from './data/files.js';
export type { IdxArray, IdxData } from './data/idx.js';
export { loadFashionMnist, loadFashionMnistPart, parseIdx } from './data/loaders.js';
export { Engine, EngineDataset } from './engine.js';
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
} from './errors.js';
export { accuracy, argmax, crossEntropy, oneHot, softmax } from './functions.js';
export { DatasetHandle } from './handle.js';
export type * from './options.js';
export { type Standardization, standardize } from './standardize.js';
export { createTrainer, restoreTrainer, Trainer } from './trainer.js';
