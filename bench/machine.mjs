/** What the numbers were measured on. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

const vectorExtensions = ['avx2', 'avx512f', 'avx512_vnni', 'avx_vnni'];

/** Vector extensions matter to the native peers alone: WebAssembly has 128 bits everywhere. */
function findVectorExtensions() {
	if (!existsSync('/proc/cpuinfo')) return [];
	const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(' ') ?? [];
	return vectorExtensions.filter((name) => flags.includes(name));
}

export function describeMachine() {
	const extensions = findVectorExtensions();
	return [
		cpus()[0]?.model.trim(),
		...(extensions.length > 0 ? [extensions.join(', ')] : []),
		`${availableParallelism()} cores`,
		`${Math.round(totalmem() / 2 ** 30)} GB`,
		`${process.platform} ${process.arch}`,
	].join('; ');
}

/** Names and versions of all that ran, from the runs of the rotations. */
export function collectVersions(runs) {
	const found = new Map();
	for (const { versions = {} } of runs) {
		for (const [name, version] of Object.entries(versions)) {
			found.set(name, (found.get(name) ?? new Set()).add(version));
		}
	}
	return Object.fromEntries([...found].map(([name, versions]) => [name, [...versions].join(' and ')]));
}
