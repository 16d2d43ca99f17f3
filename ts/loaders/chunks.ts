/** Bytes that can be read from their start, as often as wanted: a file, or one array in memory. */
export interface ByteSource {
	/** A chunk is good until the next one is asked for, which may come in the same memory. */
	chunks(): AsyncIterable<Uint8Array>;
	/** All bytes of the source, known before it is read. */
	readonly length: number;
}

/** The first bytes of a source. */
export interface Collected {
	bytes: Uint8Array;
	/** Whether the source goes on after them. */
	isMore: boolean;
}

/** Bytes per chunk: enough to be read fast, too few to matter. A stream must not be given more than it can hold back. */
export const chunkLength = 1 << 17;

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
	async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
		for (let start = 0; start < bytes.length; start += chunkLength) yield bytes.subarray(start, start + chunkLength);
	}
	return { chunks, length: bytes.length };
}

/**
 * Reads `size` bytes, fewer only where there are no more, into one array. Reads no further than to the first byte too many.
 *
 * @param allocate makes an array of `size`, given the first chunk. Chunks that lie in it where they belong are not copied.
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
