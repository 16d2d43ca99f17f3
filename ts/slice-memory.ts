/**
 * Memory that slices of data travel in, to the worker and back. One slice's is enough for all of them, whereas the garbage of
 * one each would lie there for long: to the collector, an array is as small as the object that stands for it.
 */
export class SliceMemory {
	#spare: ArrayBuffer | undefined;

	/** At least so many bytes, of unknown content. */
	take(bytes: number): ArrayBuffer {
		const spare = this.#spare;
		this.#spare = undefined;
		return spare && spare.byteLength >= bytes ? spare : new ArrayBuffer(bytes);
	}

	/** Keeps what has come back for the next one to take. */
	keep(memory: ArrayBuffer | undefined): void {
		if (memory) this.#spare = memory;
	}
}
