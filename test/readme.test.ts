import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const readme = readFileSync('README.md', 'utf8');

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
