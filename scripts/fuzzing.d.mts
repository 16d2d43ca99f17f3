export interface Target {
	files: Uint8Array[];
	expansion?: number;
	check(bytes: Uint8Array): void | Promise<void>;
}
export const targets: Record<string, Target>;
export function createRandom(seed: number): () => number;
export function mutate(files: readonly Uint8Array[], random: () => number): Uint8Array;
export function examine(target: Target, bytes: Uint8Array): Promise<boolean>;
