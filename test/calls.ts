/** Calls as JavaScript can make them: arguments of any type, and errors that are thrown or that reject. */

/** Makes a call that may throw (Engine) or reject (Trainer); the promise rejects in both cases. */
export const attempt = async (call: () => unknown): Promise<unknown> => call();

/** An argument that TypeScript would refuse, as JavaScript can pass it. */
export const untyped = <T>(value: unknown): T => value as T;
