/** Bytes that arrive in chunks: a file being read, a gzip stream being inflated, or one array in memory. */
export interface ByteSource {
	readonly chunks: AsyncIterable<Uint8Array>;
	/** All bytes of the source, known before it is read. */
	readonly length: number;
}

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
	async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
		yield bytes;
	}
	return { chunks: chunks(), length: bytes.length };
}

const nothing = new Uint8Array(0);

/** Reads chunks in the pieces a parser wants, holding one chunk at a time. */
export class ChunkReader {
	readonly #iterator: AsyncIterator<Uint8Array>;
	/** Read from the source and not yet handed out. */
	#pending: Uint8Array = nothing;

	constructor(chunks: AsyncIterable<Uint8Array>) {
		this.#iterator = chunks[Symbol.asyncIterator]();
	}

	/** The next bytes without consuming them: at least `count`, fewer only where the source ends. */
	async peek(count: number): Promise<Uint8Array> {
		while (this.#pending.length < count) {
			const { value, done } = await this.#iterator.next();
			if (done) break;
			this.#pending = this.#pending.length === 0 ? value : concatenate(this.#pending, value);
		}
		return this.#pending;
	}

	/** Consumes `count` bytes that `peek` has shown. */
	skip(count: number): void {
		this.#pending = this.#pending.subarray(count);
	}

	/** Consumes bytes into `target`; resolves to their number, less than its length only where the source ends. */
	async fill(target: Uint8Array): Promise<number> {
		let filled = 0;
		while (filled < target.length && (await this.peek(1)).length > 0) {
			const piece = this.#pending.subarray(0, target.length - filled);
			target.set(piece, filled);
			this.skip(piece.length);
			filled += piece.length;
		}
		return filled;
	}

	/** What has not been consumed, for another reader. */
	async *rest(): AsyncGenerator<Uint8Array, void, void> {
		try {
			while ((await this.peek(1)).length > 0) {
				const piece = this.#pending;
				this.#pending = nothing;
				yield piece;
			}
		} finally {
			await this.close();
		}
	}

	/** Lets the source free what it holds; harmless after its end. */
	async close(): Promise<void> {
		await this.#iterator.return?.();
	}
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
	const both = new Uint8Array(first.length + second.length);
	both.set(first);
	both.set(second, first.length);
	return both;
}
