/** Memory that a build of the package takes to train a case of the comparison, in a process of its own. */
import { loadBuild } from '../compare/builds.mjs';
import { cases, prepare } from '../compare/cases.mjs';
import { peakMegabytes } from './process-memory.mjs';

/** @returns the kernel's memory and the largest resident memory of the process, in 10⁶ bytes. */
export async function measure({ build, caseName, folder }) {
	const compared = cases.find(({ name }) => name === caseName);
	if (!compared) throw new Error(`no case is called ${caseName}`);
	const { engine, epoch } = await prepare(await loadBuild(build), compared, await compared.load(folder));
	for (let epochs = 0; epochs < 3; epochs++) epoch();
	return { kernel: engine.stats().memoryBytes / 1e6, peak: peakMegabytes() };
}
