export interface Hashes {
	parameters: string;
	measures: string;
	probabilities?: string;
}
export const kindNames: string[];
export function caseNames(kindName: string): string[];
export function hashesOf(
	caseName: string,
	kindName: string,
	softmaxSimd: typeof import('softmax-simd'),
	sample: { inputs: Uint8Array; labels: Uint8Array },
): Promise<Hashes>;
