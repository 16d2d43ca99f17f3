/** `npm publish` runs this in the package's folder: it refuses a version that is not ready. */
import { readFileSync } from 'node:fs';

const { version, repository } = JSON.parse(readFileSync('package.json', 'utf8'));
const faults = [];

if (repository.url.includes('/OWNER/')) {
	faults.push(`package.json: ${repository.url} is a placeholder; docs/development.md says how to replace it`);
}

const released = Array.from(readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## \[(.+)\] - \d{4}-\d\d-\d\d$/gm));
if (!released.some(([, name]) => name === version)) {
	faults.push(`CHANGELOG.md: version ${version} has no section with a date`);
}

for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
