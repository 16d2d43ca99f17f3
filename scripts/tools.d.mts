export const root: string;
export const crate: string;
export const wasmOpt: string;
export function cacheFolder(program: string): string;
export interface CompiledTool {
	version: string;
	folder: string;
	commands: string;
	file: string;
}
export const wasmPack: CompiledTool;
export const wasmBindgen: CompiledTool;
export const browsers: { chrome: string; firefox: string };
export const debianDataset: string;
export const python: string;
export const pythonFolder: string;
export const pythonPackages: string[];
export const chromeFlags: string[];
export const webkit: { driver: string; browser: string };
