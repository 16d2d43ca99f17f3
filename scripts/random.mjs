/**
 * A small generator of random numbers for made-up data, damaged files and the peers that bring none (mulberry32).
 *
 * @param {number} seed
 */
export function createRandom(seed) {
	let state = seed >>> 0;
	/** Uniform in [0, 1). */
	function uniform() {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}
	/** From N(0, 1), by Box and Muller. */
	function normal() {
		return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
	}
	/**
	 * Shuffles in place (Fisher and Yates).
	 *
	 * @template {number[] | Uint32Array} T
	 * @param {T} values
	 */
	function shuffle(values) {
		for (let last = values.length - 1; last > 0; last--) {
			const chosen = Math.floor(uniform() * (last + 1));
			const value = values[last];
			values[last] = values[chosen];
			values[chosen] = value;
		}
		return values;
	}
	return { uniform, normal, shuffle };
}
