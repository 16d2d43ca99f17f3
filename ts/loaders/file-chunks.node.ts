/** Files in chunks that share one buffer; a ReadStream would allocate each chunk, and leave all of them to the garbage collector. */
import { open } from 'node:fs/promises';
import { chunkLength } from './chunks.js';

/** Every chunk but the last is full. A chunk is valid until the next one is requested. */
export async function* chunksOfFile(path: string): AsyncGenerator<Uint8Array, void, void> {
	const file = await open(path);
	try {
		const chunk = new Uint8Array(chunkLength);
		let filled = 0;
		for (;;) {
			const { bytesRead } = await file.read(chunk, filled, chunkLength - filled, null);
			filled += bytesRead;
			if (bytesRead > 0 && filled < chunkLength) continue;
			if (filled > 0) yield chunk.subarray(0, filled);
			if (bytesRead === 0) return;
			filled = 0;
		}
	} finally {
		await file.close();
	}
}
