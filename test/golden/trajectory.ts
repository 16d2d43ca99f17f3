/** The golden trajectory that generate.py wrote, with the images it was computed from. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface Batch {
	/** `[B · 784]`, 0 to 255; the trajectory's x' is pixels / 255. */
	pixels: Uint8Array;
	/** `[B]` class indices. */
	labels: Uint8Array;
}

export interface Trajectory {
	learningRate: number;
	/** Eleven batches of real images, the last one smaller than the others. */
	batches: Batch[];
	/** Weight `[10 · 784]` and bias `[10]`. */
	start: { weight: Float32Array; bias: Float32Array };
	/** Of the first batch, before any update. */
	first: { logits: Float64Array; weightGradient: Float64Array; biasGradient: Float64Array };
	/** Mean loss of every batch, before its own update. */
	losses: number[];
	/** Samples of every batch that were right, before its own update. */
	correct: number[];
	/** After the last update. */
	final: { weight: Float64Array; bias: Float64Array };
}

interface Stored {
	learningRate: number;
	batches: number[][];
	start: Record<keyof Trajectory['start'], string>;
	first: Record<keyof Trajectory['first'], string>;
	losses: number[];
	correct: number[];
	final: Record<keyof Trajectory['final'], string>;
}

const pixelsPerImage = 28 * 28;

export function readTrajectory(): Trajectory {
	const stored: Stored = JSON.parse(readFileSync(new URL('trajectory.json', import.meta.url), 'utf8'));
	const images = readSample('train-images-idx3-ubyte.gz', 16);
	const labels = readSample('train-labels-idx1-ubyte.gz', 8);
	const batches = stored.batches.map((rows) => ({
		pixels: Uint8Array.from(rows.flatMap((i) => [...images.subarray(i * pixelsPerImage, (i + 1) * pixelsPerImage)])),
		labels: Uint8Array.from(rows, (i) => labels[i]),
	}));
	const { first, final, start } = stored;
	return {
		...stored,
		batches,
		start: { weight: new Float32Array(decode(start.weight)), bias: new Float32Array(decode(start.bias)) },
		first: {
			logits: new Float64Array(decode(first.logits)),
			weightGradient: new Float64Array(decode(first.weightGradient)),
			biasGradient: new Float64Array(decode(first.biasGradient)),
		},
		final: { weight: new Float64Array(decode(final.weight)), bias: new Float64Array(decode(final.bias)) },
	};
}

// Not by the package's own reader: the reference stays independent of what it checks.
function readSample(name: string, headerBytes: number): Uint8Array {
	const file = new URL(`../../examples/sample/${name}`, import.meta.url);
	return new Uint8Array(gunzipSync(readFileSync(file))).subarray(headerBytes);
}

function decode(base64: string): ArrayBuffer {
	return Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
}
