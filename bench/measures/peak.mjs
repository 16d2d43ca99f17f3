/**
 * What one core does at most in WebAssembly: the inner loop of a perfect tile, four inputs times two weights into eight sums. The
 * sums depend on nothing but themselves, and every input is loaded, from the first-level cache, just before it is used: so all
 * fits the registers, and no compiler can move a product out of the loop.
 */
import binaryen from 'binaryen';

const inputs = 4;
const weights = 2;
const products = inputs * weights;
const rounds = 500_000;

const loops = {
	float32: { lanes: 4, add: (sum, x, w) => `(f32x4.add ${sum} (f32x4.mul ${x} ${w}))` },
	int16: { lanes: 8, add: (sum, x, w) => `(i32x4.add ${sum} (i32x4.dot_i16x8_s ${x} ${w}))` },
};

function times(count, text) {
	return Array.from({ length: count }, (_, index) => text(index)).join('\n');
}

function get(name) {
	return `(local.get $${name})`;
}

function load(index) {
	return `(v128.load offset=${16 * index} ${get('place')})`;
}

function useInput(input, add) {
	const sum = (weight) => `sum${input * weights + weight}`;
	const addProduct = (weight) => `(local.set $${sum(weight)} ${add(get(sum(weight)), get('x'), get(`w${weight}`))})`;
	return `(local.set $x ${load(input)}) ${times(weights, addProduct)}`;
}

function loopText(name) {
	const { add } = loops[name];
	return `(func (export "${name}") (param $rounds i32) (result i32)
		(local $place i32) (local $x v128)
		${times(weights, (weight) => `(local $w${weight} v128)`)}
		${times(products, (product) => `(local $sum${product} v128)`)}
		${times(weights, (weight) => `(local.set $w${weight} ${load(weight)})`)}
		(loop $again
			(local.set $place (i32.and (i32.shl ${get('rounds')} (i32.const 6)) (i32.const 4095)))
			${times(inputs, (input) => useInput(input, add))}
			(local.set $rounds (i32.sub ${get('rounds')} (i32.const 1)))
			(br_if $again ${get('rounds')}))
		(i32.const 0)
		${times(products, (product) => `(i32.xor (i32x4.extract_lane 0 ${get(`sum${product}`)}))`)})`;
}

function assemble() {
	const module = binaryen.parseText(`(module (memory 1) ${Object.keys(loops).map(loopText).join('\n')})`);
	module.setFeatures(binaryen.Features.SIMD128);
	return Uint8Array.from(module.emitBinary());
}

/** @returns 10⁹ multiply-adds a second, `{ float32, int16 }`: the best of many short bursts. */
export async function measure({ bursts }) {
	const instance = new WebAssembly.Instance(new WebAssembly.Module(assemble()));
	const run = /** @type {Record<string, (rounds: number) => number>} */ (instance.exports);
	const peaks = { float32: 0, int16: 0 };
	for (let burst = 0; burst < bursts; burst++) {
		for (const [name, { lanes }] of Object.entries(loops)) {
			const began = performance.now();
			run[name](rounds);
			const nanoseconds = (performance.now() - began) * 1e6;
			peaks[name] = Math.max(peaks[name], (rounds * products * lanes) / nanoseconds);
		}
	}
	return peaks;
}
