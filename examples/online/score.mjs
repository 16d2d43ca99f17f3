/** Prequential evaluation: every event is predicted before it is learned from, so no data need be set aside. */
export class Score {
	#count = 0;
	#loss = 0;
	#accuracy = 0;

	/** Adds a batch's means. */
	add(count, loss, accuracy) {
		this.#count += count;
		this.#loss += count * loss;
		this.#accuracy += count * accuracy;
	}

	get isReported() {
		return this.#count === 0;
	}

	/** Describes what has come since the last report, and begins anew. */
	takeReport() {
		const [count, loss, accuracy] = [this.#count, this.#loss / this.#count, this.#accuracy / this.#count];
		this.#count = this.#loss = this.#accuracy = 0;
		return `before learning from the last ${count.toLocaleString('en-US')}: accuracy ${accuracy.toFixed(4)}, loss ${loss.toFixed(4)}`;
	}
}
