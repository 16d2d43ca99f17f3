/** Runs one measure in this process: `child.mjs '{ "measure": NAME, … }'`. */
const { measure: name, ...options } = JSON.parse(process.argv[2]);
try {
	const { measure } = await import(`./${name}.mjs`);
	process.stdout.write(`${JSON.stringify({ result: await measure(options) })}\n`);
} catch (error) {
	process.stdout.write(`${JSON.stringify({ unavailable: error.message })}\n`);
}
process.exit();
