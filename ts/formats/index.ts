export type { FileBytes } from './file.js';
export { type ImportedWeights, importPyTorch, importScikitLearn } from './frameworks.js';
export type { JsonObject, JsonValue } from './json.js';
export type { Layer } from './layer.js';
export { decodeModel, encodeModel, type SavedModel } from './model-file.js';
export { type NpyArray, type NpyData, readNpy, writeNpy } from './npy.js';
export { exportOnnx, type OnnxModel } from './onnx.js';
export {
	type Float32Tensor,
	readSafetensors,
	type Safetensors,
	type StoredTensor,
	writeSafetensors,
} from './safetensors.js';
