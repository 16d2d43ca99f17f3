/** Answers calls with a value or an error, and with the properties of the model that have changed. */
import { transfer } from 'comlink';
import type { Answer, AnswerCall, CallName, Description } from '../ts/protocol/calls.js';
import { packError } from '../ts/protocol/errors.js';
import type { WorkerApi } from './calls.js';

/** Makes the one function that the worker exposes. */
export function answering(api: WorkerApi): AnswerCall {
	let told: Partial<Description> = {};
	return async (name: CallName, ...parameters: unknown[]) => {
		const answer: Answer = { changes: {} };
		try {
			// The call begins without waiting for anything, so that calls take effect in the order of their messages.
			answer.value = await (api[name] as (...parameters: unknown[]) => unknown).apply(api, parameters);
		} catch (error) {
			answer.thrown = packError(error);
		}
		const description = api.describe();
		answer.changes = changesOf(told, description);
		told = description;
		answer.memory = api.takeMemory();
		const buffers = buffersIn(answer.value);
		return transfer(answer, answer.memory ? [...buffers, answer.memory] : buffers);
	};
}

/** The properties that have changed. Comparing references is enough, because an array whose content changes is replaced. */
function changesOf(before: Partial<Description>, now: Partial<Description>): Partial<Description> {
	const keys = Object.keys(now) as (keyof Description)[];
	return Object.fromEntries(keys.filter((key) => now[key] !== before[key]).map((key) => [key, now[key]]));
}

/** The memory of an answer's arrays. They are copies made for this answer, so they can be transferred. */
function buffersIn(value: unknown): ArrayBuffer[] {
	const parts = value instanceof Float32Array ? [value] : Object.values(value ?? {});
	return parts.flatMap((part) => (part instanceof Float32Array ? (part.buffer as ArrayBuffer) : []));
}
