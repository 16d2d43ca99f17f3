/** Development servers of bundlers, in child processes. */
import { spawn } from 'node:child_process';
import type { Server } from '../browser/serve.js';
import { inFolder } from './packed.js';

/** Starts a server that prints its address; rejects where it ends without printing one. */
export async function startServer(place: string, args: string[]): Promise<Server> {
	const { cwd, env } = inFolder(place);
	const child = spawn(process.execPath, args, { cwd, env, detached: true });
	// Some have children of their own.
	const close = () => void process.kill(-child.pid!);
	let said = '';
	const origin = new Promise<string>((resolve, reject) => {
		const listen = (chunk: Buffer) => {
			said += chunk;
			const [address] = /http:\/\/localhost:\d+(?=\D)/.exec(said) ?? [];
			if (address) resolve(address);
		};
		child.stdout.on('data', listen);
		child.stderr.on('data', listen);
		child.on('close', () => reject(new Error(`the server ended: ${said}`)));
	});
	return { origin: await origin, close };
}
