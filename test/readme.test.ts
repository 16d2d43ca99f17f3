import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const readme = readFileSync('README.md', 'utf8');
const chinese = readFileSync('README.zh-CN.md', 'utf8');

function snippet(kind: string): string {
	const [, code] = new RegExp(`\`\`\`js ${kind}\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
	return code;
}

test("the README's lines for Node train on the sample and print what they say", () => {
	const options = { encoding: 'utf8', timeout: 60_000 } as const;
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		['--input-type=module', '-e', snippet('node')],
		options,
	);
	expect([status, stderr]).toEqual([0, '']);
	const [accuracy] = stdout.split('\n');
	expect(Number(accuracy)).toBeGreaterThan(0.75);
	expect(stdout).toContain("className: 'ankle boot'");
});

test('the README tells the names that it uses', () => {
	expect(snippet('browser')).toContain('createTrainer');
	for (const script of readme.matchAll(/npm run (\w+)/g)) {
		expect(JSON.parse(readFileSync('package.json', 'utf8')).scripts).toHaveProperty(script[1]);
	}
});

function codeBlocks(text: string): string[] {
	return Array.from(text.matchAll(/^```[\s\S]*?^```$/gm), ([block]) => block);
}

/** The figures of the second column of the tables under a heading; the words around them are another language's. */
function figuresUnder(heading: string, text: string): string[][] {
	const [, section] = new RegExp(`^## ${heading}\n([\\s\\S]*?)^## `, 'm').exec(text) ?? [];
	const secondCells = Array.from(section.matchAll(/^\|[^|\n]*\|([^|\n]*)\|/gm), ([, cell]) => cell);
	return secondCells.map((cell) => cell.match(/\d[\d.,]*\d|\d/g) ?? []);
}

test('the Chinese README has the same code and the same figures', () => {
	expect(codeBlocks(chinese)).toEqual(codeBlocks(readme));
	const figures = figuresUnder('Numbers', readme);
	expect(figures.flat().length).toBeGreaterThan(10);
	expect(figuresUnder('数字', chinese)).toEqual(figures);
});
