/** Stored floating-point numbers as float32. */

/** Decodes little-endian elements; `count` of them fill `bytes`. */
type Decoder = (bytes: DataView, count: number) => Float32Array;

/** By the name that safetensors gives the type. float64 is rounded to the nearest float32, the others are exact. */
export const floatDecoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
	['F32', (bytes, count) => fill(count, (i) => bytes.getFloat32(i * 4, true))],
	['F64', (bytes, count) => fill(count, (i) => bytes.getFloat64(i * 8, true))],
	['F16', (bytes, count) => fill(count, (i) => halfToNumber(bytes.getUint16(i * 2, true)))],
	['BF16', decodeBrainFloats],
]);

function fill(count: number, read: (index: number) => number): Float32Array {
	const values = new Float32Array(count);
	for (let i = 0; i < count; i++) values[i] = read(i);
	return values;
}

/** IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction. */
function halfToNumber(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 0x1f;
	const fraction = bits & 0x3ff;
	if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
	if (exponent === 0) return sign * fraction * 2 ** -24;
	return sign * (fraction + 0x400) * 2 ** (exponent - 25);
}

/** bfloat16 is the upper half of a float32. */
function decodeBrainFloats(bytes: DataView, count: number): Float32Array {
	const values = new Float32Array(count);
	const bits = new Uint32Array(values.buffer);
	for (let i = 0; i < count; i++) bits[i] = bytes.getUint16(i * 2, true) << 16;
	return values;
}
