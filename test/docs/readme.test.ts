/** Links, names and figures in the documents. consumers/readme.test.ts and guides.test.ts run their snippets. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const read = (file: string) => readFileSync(file, 'utf8');
const readme = read('README.md');
const chinese = read('README.zh-CN.md');
const manifest = JSON.parse(read('package.json'));

/** The address of the repository; package.json is its only source. */
const repository = manifest.repository.url.replace(/^git\+(.*)\.git$/, '$1');

const documents = [
	...['README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'SECURITY.md'],
	...readdirSync('docs')
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`),
];

test('package.json has its homepage and the place for bugs in the repository', () => {
	expect(manifest.homepage).toBe(`${repository}#readme`);
	expect(manifest.bugs).toBe(`${repository}/issues`);
});

/** Targets of links and pictures: in brackets, or in a definition at the end of the file. */
function targets(text: string): string[] {
	return Array.from(text.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm), ([, inline, defined]) => inline ?? defined);
}

/** The file that a link leads to, where it is one of the project's. */
function fileOf(target: string, document: string): string | undefined {
	if (!/^https?:/.test(target)) return join(dirname(document), target.replace(/#.*/, ''));
	return new RegExp(`^${repository}/(?:blob|tree|raw)/main/(.+)$`).exec(target)?.[1];
}

describe.each(documents)('%s', (document) => {
	const links = targets(read(document));

	test('links to files that exist', () => {
		const files = links.map((target) => fileOf(target, document)).filter((file) => file !== undefined);
		expect(files.filter((file) => !existsSync(file))).toEqual([]);
	});

	test('has no other address of the repository than package.json', () => {
		const ours = links.filter((target) => /^https?:.*\/softmax-simd\b/.test(target));
		expect(ours.filter((target) => !target.startsWith(`${repository}/`))).toEqual([]);
	});
});

test.each([
	['README.md', readme],
	['README.zh-CN.md', chinese],
])('%s, which npm shows without the files beside it, links to addresses alone', (_, text) => {
	expect(targets(text).length).toBeGreaterThan(10);
	expect(targets(text).filter((target) => !/^https?:/.test(target))).toEqual([]);
});

test('the changelog has a link for each of its versions, the newest being that of the package', () => {
	const changelog = read('CHANGELOG.md');
	const versions = Array.from(changelog.matchAll(/^## \[(.+?)\]/gm), ([, version]) => version);
	const defined = Array.from(changelog.matchAll(/^\[(.+?)\]: /gm), ([, version]) => version);
	expect(versions.slice(0, 2)).toEqual(['Unreleased', manifest.version]);
	expect(defined).toEqual(versions);
});

test.each(['README.md', 'README.zh-CN.md', 'docs/development.md'])('%s names npm scripts that exist', (file) => {
	const scripts = Array.from(read(file).matchAll(/`(?:\w+=\S+ )?npm (?:run )?([\w:]+)/g), ([, name]) => name);
	const ours = scripts.filter((name) => !['install', 'pack', 'publish'].includes(name));
	expect(ours.length).toBeGreaterThan(0);
	for (const name of ours) expect(manifest.scripts).toHaveProperty([name]);
});

test('docs/development.md names programs that exist', () => {
	const programs = Array.from(read('docs/development.md').matchAll(/`node (\S+\.mjs)/g), ([, path]) => path);
	expect(programs.length).toBeGreaterThan(0);
	expect(programs.filter((path) => !existsSync(path))).toEqual([]);
});

function codeBlocks(text: string): string[] {
	return Array.from(text.matchAll(/^```[\s\S]*?^```$/gm), ([block]) => block);
}

/** The figures in the second column of the tables under a heading, without the words of either language. */
function figuresUnder(heading: string, text: string): string[][] {
	const [, section] = new RegExp(`^## ${heading}\n([\\s\\S]*?)^## `, 'm').exec(text) ?? [];
	const secondCells = Array.from(section.matchAll(/^\|[^|\n]*\|([^|\n]*)\|/gm), ([, cell]) => cell);
	return secondCells.map((cell) => cell.match(/\d[\d.,]*\d|\d/g) ?? []);
}

test('the Chinese README has the same code, and the same figures under “Numbers”', () => {
	expect(codeBlocks(chinese)).toEqual(codeBlocks(readme));
	const figures = figuresUnder('Numbers', readme);
	expect(figures.flat().length).toBeGreaterThan(10);
	expect(figuresUnder('数字', chinese)).toEqual(figures);
});
