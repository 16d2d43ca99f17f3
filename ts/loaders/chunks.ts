/** Bytes that can be read from the start any number of times: a file, or one array in memory. */
export interface ByteSource {
	/** A chunk is valid until the next one is requested, which may use the same memory. */
	chunks(): AsyncIterable<Uint8Array>;
	/** Bytes of the whole source. */
	readonly length: number;
}

/** The first bytes of a source. */
export interface Collected {
	bytes: Uint8Array;
	/** Whether the source has more bytes than these. */
	isMore: boolean;
}

/** Bytes per chunk: enough to read fast, too few to matter in memory. A stream holds at least one chunk, whatever its limit. */
export const chunkLength = 1 << 17;

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
	async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
		for (let start = 0; start < bytes.length; start += chunkLength) yield bytes.subarray(start, start + chunkLength);
	}
	return { chunks, length: bytes.length };
}

/**
 * Reads up to `size` bytes into one array, fewer where the source ends before. Stops at the first byte beyond `size`.
 *
 * @param allocate makes the array of `size` bytes, given the first chunk. Chunks that already lie at their place in it are not
 *   copied.
 */
export async function collect(
	chunks: AsyncIterable<Uint8Array>,
	size: number,
	allocate: (first: Uint8Array) => Uint8Array = () => new Uint8Array(size),
): Promise<Collected> {
	let bytes: Uint8Array | undefined;
	let length = 0;
	for await (const chunk of chunks) {
		bytes ??= allocate(chunk);
		const wanted = chunk.subarray(0, size - length);
		if (wanted.buffer !== bytes.buffer || wanted.byteOffset !== bytes.byteOffset + length) bytes.set(wanted, length);
		length += wanted.length;
		if (wanted.length < chunk.length) return { bytes, isMore: true };
	}
	return { bytes: bytes ? bytes.subarray(0, length) : new Uint8Array(0), isMore: false };
}
