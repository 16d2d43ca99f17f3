/** The output of `node scripts/record-bits.mjs`: by kind of inputs, then by case. */
export type Recorded = Record<string, Record<string, Hashes>>;
export interface Hashes {
	parameters: string;
	measures: string;
	probabilities?: string;
}

type Package = typeof import('softmax-simd');
type Sample = { inputs: Uint8Array; labels: Uint8Array };

export const kindNames: string[];
export function caseNames(kind: string): string[];
export function hashesOf(name: string, kind: string, softmaxSimd: Package, sample: Sample): Promise<Hashes>;
export function allHashes(softmaxSimd: Package, sample: Sample): Promise<Recorded>;
