/** Calls as JavaScript can make them: with arguments of any type, and with errors that are thrown at once or later. */

/** A promise of a call: what Engine throws at once rejects it, as what Trainer rejects with does. */
export const attempt = async (call: () => unknown): Promise<unknown> => call();

/** An argument that the types refuse and that JavaScript passes all the same. */
export const untyped = <T>(value: unknown): T => value as T;
