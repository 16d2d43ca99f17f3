export function value(index: number): number;
export function floats(
	count: number,
	features: number,
	classes: number,
): { inputs: Float32Array<ArrayBuffer>; labels: number[] };
export function bytes(
	count: number,
	features: number,
	classes: number,
): { inputs: Uint8Array<ArrayBuffer>; labels: number[] };
