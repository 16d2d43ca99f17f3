import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('npm run docs writes the API reference, a page for each entry, without a warning', () => {
	const folder = mkdtempSync(join(tmpdir(), 'softmax-simd-reference-'));
	try {
		const args = ['run', '--silent', 'docs', '--', '--out', folder, '--logLevel', 'Warn'];
		const { status, stdout } = spawnSync('npm', args, { encoding: 'utf8', timeout: 100_000 });
		expect([status, stdout]).toEqual([0, '']);
		expect(readdirSync(join(folder, 'modules')).sort()).toEqual([
			'formats.html',
			'images.html',
			'index.html',
			'metrics.html',
		]);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
