/** Node 24, wherever it is: the one that runs the bench, or the one among its packages. */
import { existsSync } from 'node:fs';
import { root } from '../../scripts/tools.mjs';

const major = 24;

export const node24Name = `Node ${major}`;
export const thisNodeName = `Node ${process.versions.node.split('.')[0]}`;

/** Path of its binary; null where there is none, or it is the one that runs. */
export const node24 = thisNodeName === node24Name ? null : findPackaged();

function findPackaged() {
	const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
	return names.map((name) => `${root}bench/peers/node_modules/${name}/bin/node`).find(existsSync) ?? null;
}
