import { root } from '../../scripts/tools.mjs';
import { LineProcess } from '../systems/process.mjs';

/**
 * Runs a measure in a process of its own.
 *
 * @param {string} name of the module with its `measure(options)`.
 * @param {Record<string, unknown>} options of the measure.
 * @param {{ command?: string, flags?: string[] }} runtime which Node, and its flags.
 * @returns what it returned; rejects with the reason where it could not.
 */
export async function runMeasure(name, options = {}, runtime = {}) {
	const { command = process.execPath, flags = [] } = runtime;
	const argument = JSON.stringify({ measure: name, ...options });
	const child = new LineProcess(command, [...flags, `${root}bench/measures/child.mjs`, argument]);
	try {
		return (await child.receive()).result;
	} finally {
		await child.stop();
	}
}
