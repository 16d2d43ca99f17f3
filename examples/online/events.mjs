/** From a line to an event. */

/** A line is no event; the message says why. */
export class EventError extends Error {}

/**
 * @param line JSON: `{ "label": name or index, "input": [numbers] }`.
 * @param classNames by index.
 * @param features how many numbers an input has; nothing where any number will do.
 * @returns `{ label, input }`, a class index and a Float32Array.
 * @throws EventError
 */
export function parseEvent(line, classNames, features) {
	const event = parseJson(line);
	if (typeof event !== 'object' || event === null) throw new EventError('expected an object with label and input');
	return { label: readLabel(event.label, classNames), input: readInput(event.input, features) };
}

function parseJson(line) {
	try {
		return JSON.parse(line);
	} catch (error) {
		throw new EventError(`not JSON: ${error.message}`);
	}
}

function readLabel(label, classNames) {
	const index = typeof label === 'number' ? label : classNames.indexOf(label);
	if (Number.isInteger(index) && index >= 0 && index < classNames.length) return index;
	throw new EventError(`label: expected a class's name or index, got ${JSON.stringify(label)}`);
}

function readInput(values, features) {
	if (!Array.isArray(values) || values.length === 0) throw new EventError('input: expected an array of numbers');
	if (features !== undefined && values.length !== features) {
		throw new EventError(`input: expected ${features} numbers, got ${values.length}`);
	}
	const input = Float32Array.from(values);
	const column = values.findIndex((value, index) => typeof value !== 'number' || !Number.isFinite(input[index]));
	if (column < 0) return input;
	throw new EventError(`input ${column}: expected a float32 number, got ${JSON.stringify(values[column])}`);
}
