/** Files made by other packages; test/fixtures/formats.py writes them. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

interface Contents {
	shape: number[];
	values: number[];
}

interface Fixtures {
	npy: (Contents & { name: string; file: string })[];
	npyUnsupported: Record<string, string>;
	tensorTypes: { file: string; floats: Record<string, { shape: number[]; values: string[] }>; others: string[] };
	fromNumpy: { file: string; tensors: Record<string, Contents>; metadata: Record<string, string> };
	pytorch: {
		inputs: number[][];
		files: Record<string, { file: string; probabilities: number[][] }>;
		refused: Record<string, string>;
	};
	scikitLearn: {
		inputs: number[][];
		files: Record<string, { coef: string; intercept: string; probabilities: number[][] }>;
	};
}

export const fixtures: Fixtures = JSON.parse(
	readFileSync(new URL('../fixtures/formats.json', import.meta.url), 'utf8'),
);

export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** The error that `run` throws. */
export function failure(run: () => unknown): unknown {
	try {
		run();
	} catch (error) {
		return error;
	}
	return expect.unreachable('no error');
}

/** Largest |a − b|, NaN where lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
	if (a.length !== b.length) return Number.NaN;
	return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}
