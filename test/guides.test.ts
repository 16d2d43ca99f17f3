/**
 * The guides' snippets do what they say. Those of a guide run in their order, each as a module of its own, in one folder:
 * a later one finds the files of an earlier one. What they print is what their comments say: `// prints …`, in Python
 * `# prints …`. Python is the one that set-up made, or what PYTHON says; its snippets are skipped where a package that they import is missing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { python } from '../scripts/tools.mjs';

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
	const rows = snippets('embeddings.md')
		.slice(0, 1)
		.flatMap(({ language, code }) => printed(language, code))
		.map((line) => line.split(' '));
	const recipe = rows.filter((_, index) => index % 2 === 1);

	test('is learned from 60, 300 and 2,000 samples: held-out loss of at most 0.1 ln C', () => {
		expect(recipe.map(([count]) => Number(count))).toEqual([60, 300, 2000]);
		for (const [, , loss] of recipe) expect(Number(loss)).toBeLessThanOrEqual(0.1 * Math.log(10));
	});

	test('has a table of what the snippet prints', () => {
		const table = Array.from(read('embeddings.md').matchAll(/^\| *([\d,]+) +\|(.*)\|$/gm), ([, count, cells]) => {
			return [count.replace(',', ''), ...cells.split('|').map((cell) => cell.trim().replace(',', ''))];
		});
		expect(table.map((cells) => cells.slice(0, 4))).toEqual(
			rows.map(([count, steps, loss, accuracy]) => [count, steps, loss, accuracy]),
		);
	});
});
