/** The example as users start it, from the start of its process to its end. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/tools.mjs';

function runOnce(folder) {
	const out = mkdtempSync(join(tmpdir(), 'softmax-simd-bench-'));
	const began = performance.now();
	const args = [`${root}examples/train.mjs`, '--data', folder, '--out', out];
	const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
	const milliseconds = performance.now() - began;
	rmSync(out, { recursive: true });
	if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1));
	return { milliseconds, summary: stdout.trim().split('\n').at(-1) };
}

/** @returns `{ milliseconds, summary }` of every run: its time and its last line. */
export function measure({ folder, runs }) {
	return Array.from({ length: runs }, () => runOnce(folder));
}
