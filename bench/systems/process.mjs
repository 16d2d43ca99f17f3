/** A system in a process of its own: the measuring side of the protocol in serve.mjs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Longer than the slowest answer: the first epoch of a slow peer on a slow machine, or a whole measure. */
const timeoutMilliseconds = 300_000;

/** A child process that answers lines of JSON; other lines are a library's chatter. */
export class LineProcess {
	#child;
	#lines;
	#errors = '';

	/** @param options of `spawn`. */
	constructor(command, args, options = {}) {
		this.#child = spawn(command, args, { ...options, stdio: 'pipe' });
		this.#child.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
			this.#errors = error.code === 'ENOENT' ? `there is no ${command}` : error.message;
		});
		this.#child.stdin.on('error', () => {});
		this.#child.stderr.on('data', (chunk) => {
			this.#errors = (this.#errors + chunk).slice(-10_000);
		});
		this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
	}

	/** Writes a request. */
	send(message) {
		this.#child.stdin.write(`${JSON.stringify(message)}\n`);
	}

	/** The next answer. Rejects when the process ends without one, says that it cannot go on, or takes too long. */
	async receive() {
		const timer = setTimeout(() => {
			this.#errors = `no answer within ${timeoutMilliseconds / 1000} s`;
			this.#child.kill('SIGKILL');
		}, timeoutMilliseconds);
		try {
			for (;;) {
				const { value, done } = await this.#lines.next();
				if (done) throw new Error(await this.#reasonOfEnd());
				const message = parseObject(value);
				if (message?.unavailable) throw new Error(message.unavailable);
				if (message) return message;
			}
		} finally {
			clearTimeout(timer);
		}
	}

	async #reasonOfEnd() {
		if (this.#child.pid && this.#child.exitCode === null && this.#child.signalCode === null) {
			await once(this.#child, 'exit');
		}
		const lines = this.#errors.trim().split('\n');
		const telling = lines.findLast((line) => /^\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1);
		return telling || `ended with exit code ${this.#child.exitCode}`;
	}

	/** Ends it, gently at first. */
	async stop() {
		if (!this.#child.pid || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const ended = once(this.#child, 'exit');
		this.#child.stdin.end();
		const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
		await ended;
		clearTimeout(timer);
	}
}

/**
 * @param row what the tables say of the system: `{ name, ours?, arithmetic? }`.
 * @param run `{ command, script, options, env? }`.
 * @returns the system, `{ ...row, start, measure, stop }`.
 */
export function processSystem(row, { command = process.execPath, script, options, env = process.env }) {
	let process;
	return {
		...row,
		/** Resolves to `{ versions, note? }`, rejects with the reason where the system cannot run. */
		async start() {
			process = new LineProcess(command, [script, JSON.stringify(options)], { env });
			return process.receive();
		},
		/** Trains so many epochs; resolves to `{ milliseconds, loss }` for each. */
		async measure(epochs) {
			process.send({ epochs });
			return (await process.receive()).epochs;
		},
		stop: async () => process?.stop(),
	};
}

function parseObject(line) {
	if (!line.startsWith('{')) return null;
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}
