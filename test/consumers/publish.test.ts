import { spawnSync } from 'node:child_process';
import {
	cpSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../scripts/tools.mjs';
import { inFolder, pack, runNode } from './packed.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'softmax-simd-publish-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Names that git ignores in every folder: a clone has none of these files. */
const ignored = readFileSync(`${root}.gitignore`, 'utf8')
	.split('\n')
	.map((line) => basename(line));

/** The project as a clone has it, with npm's packages that are installed already. */
function clone() {
	cpSync(root, folder, {
		recursive: true,
		filter: (source) => relative(root, source) === '' || !['.git', ...ignored].includes(basename(source)),
	});
	symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
	// Set-up compares times, and would install the packages again, into the folder that the link leads to.
	utimesSync(join(folder, 'package-lock.json'), 0, 0);
}

test('npm pack, in a clone where nothing was built, builds what it packs', { timeout: 300_000 }, () => {
	clone();
	expect(readdirSync(folder)).not.toContain('dist');
	const { status, stderr } = spawnSync('npm', ['pack', '--pack-destination', folder], {
		...inFolder(folder),
		timeout: 290_000,
	});
	expect(status, stderr).toBe(0);
	const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
	const listing = spawnSync('tar', ['-tzf', tarball], inFolder(folder)).stdout;
	const packed = listing.trim().split('\n').sort();
	const built = pack('publish').files.map((file) => `package/${file}`);
	expect(packed).toEqual(built.sort());
	expect(packed).toContain('package/dist/node/index.js');
});

/** The module that npm runs before it publishes. */
const [, check] = JSON.parse(readFileSync(`${root}package.json`, 'utf8')).scripts.prepublishOnly.split(' ');

const address = 'git+https://github.com/somebody/softmax-simd.git';
const dated = '## [Unreleased]\n\n## [1.2.3] - 2026-01-01\n';

test.each([
	['goes on where the address is real and the version has its section', address, dated, 0, ''],
	['refuses a placeholder for the address', address.replace('somebody', 'OWNER'), dated, 1, 'is a placeholder'],
	['refuses a version without a section', address, '## [Unreleased]\n', 1, 'version 1.2.3 has no section'],
])('publishing %s', (_, url, changelog, code, fault) => {
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '1.2.3', repository: { url } }));
	writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
	const { status, stderr } = runNode(folder, [join(root, check)]);
	expect(status).toBe(code);
	if (fault) expect(stderr).toContain(fault);
	else expect(stderr).toBe('');
});
