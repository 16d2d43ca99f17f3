/**
 * Runs the snippets of the guides. Those of a guide run in their order, each as a module of its own, in one folder: a later one
 * finds the files of an earlier one. Their output must be that of their comments: `// prints …`, in Python `# prints …`. Python
 * is the one that set-up installed, or that of PYTHON; a snippet is skipped where a package that it imports is missing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../scripts/tools.mjs';

const folder = 'docs/guides';
const guides = readdirSync(folder).filter((name) => name.endsWith('.md'));

const languages: Record<string, { command: string; args: string[]; printed: RegExp }> = {
	js: { command: process.execPath, args: ['--input-type=module', '-e'], printed: /\/\/ prints (.*)$/gm },
	python: { command: python, args: ['-c'], printed: /# prints (.*)$/gm },
};

function read(guide: string) {
	return readFileSync(join(folder, guide), 'utf8');
}

function snippets(guide: string) {
	const blocks = read(guide).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
	return Array.from(blocks, ([, language, code], index) => ({ number: index + 1, language, code }));
}

function printed(language: string, code: string): string[] {
	return Array.from(code.matchAll(languages[language].printed), ([, line]) => line.trim());
}

function run(language: string, code: string, cwd: string) {
	const { command, args } = languages[language];
	return spawnSync(command, [...args, code], { cwd, encoding: 'utf8', timeout: 100_000 });
}

/** Whether Python has every package that the code imports. */
function hasImports(code: string): boolean {
	const names = Array.from(code.matchAll(/^(?:import|from) ([\w.]+)/gm), ([, name]) => `import ${name}`);
	return spawnSync(python, ['-c', names.join('\n')]).status === 0;
}

describe.each(guides)('%s', (guide) => {
	let cwd: string;

	beforeAll(() => {
		// Within the project, so that Node finds the package by its own name.
		mkdirSync('out', { recursive: true });
		cwd = mkdtempSync('out/guides-');
		symlinkSync(resolve('examples'), join(cwd, 'examples'), 'junction');
	});

	afterAll(() => rmSync(cwd, { recursive: true }));

	test.for(snippets(guide))('snippet $number, in $language, prints what it says', ({ language, code }, context) => {
		if (language === 'python' && !hasImports(code)) context.skip(`${python} lacks what it imports`);
		const { status, stdout, stderr } = run(language, code, cwd);
		expect(status, stderr).toBe(0);
		expect(stdout.split('\n').slice(0, -1)).toEqual(printed(language, code));
	});

	test('links to files that exist', () => {
		for (const [, target] of read(guide).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
			expect(readdirSync(folder), target).toContain(target);
		}
	});
});

test('the index lists every guide', () => {
	const index = readFileSync('docs/README.md', 'utf8');
	const listed = Array.from(index.matchAll(/\]\(guides\/([^)]+)\)/g), ([, guide]) => guide);
	expect(listed.sort()).toEqual(guides.sort());
});

describe('a head on embeddings', () => {
	const guide = read('embeddings.md');
	const [snippet] = snippets('embeddings.md');

	test('has a lower held-out loss and a higher accuracy with decay, from 60, 600 and 3,000 samples', () => {
		const rows = printed(snippet.language, snippet.code).map((line) => line.split(' ').map(Number));
		const withDecayOf = (decay: number) => rows.filter((row) => row[1] === decay);
		const [without, recommended] = [withDecayOf(0), withDecayOf(1e-3)];
		expect(without.map(([count]) => count)).toEqual([60, 600, 3000]);
		expect(recommended.map(([count]) => count)).toEqual([60, 600, 3000]);
		for (const [index, [, , loss, accuracy]] of recommended.entries()) {
			expect(loss).toBeLessThan(without[index][2]);
			expect(accuracy).toBeGreaterThan(without[index][3]);
		}
	});

	test('has the table that was measured on real texts', () => {
		const measured = readFileSync('bench/results/recipes.md', 'utf8');
		const [table] = /(?<=## Test accuracy \/ loss\n\n)(\|.*\n)+/.exec(measured)!;
		expect(guide).toContain(table);
	});
});
