export {
	type FashionMnist,
	type FashionMnistPart,
	fashionMnistClassNames,
	loadFashionMnist,
	loadFashionMnistPart,
} from './data/fashion-mnist.js';
export type { FashionMnistDownload, FashionMnistFolder, FashionMnistOptions, FashionMnistWeb } from './data/files.js';
export { type IdxArray, type IdxData, parseIdx } from './data/idx.js';
export { Engine, EngineDataset } from './engine.js';
export { type ErrorCode, type ErrorDetails, InvalidTypeError, InvalidValueError, TrainerError } from './errors.js';
export { accuracy, argmax, crossEntropy, oneHot, softmax } from './functions.js';
export { DatasetHandle, type TrainingData } from './handle.js';
export type * from './options.js';
export { type Standardization, standardize } from './standardize.js';
export { createTrainer, restoreTrainer, Trainer } from './trainer.js';
export { BusyError, MemoryLimitError, NonFiniteLossError, WorkerCrashedError } from './trainer-errors.js';
