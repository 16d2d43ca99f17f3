/** Every system of the tables. */

import { root } from '../../scripts/tools.mjs';
import { browserNames, browserSystem } from '../browsers/system.mjs';
import { node24, node24Name, thisNodeName } from './node24.mjs';
import { processSystem } from './process.mjs';
import { python, pythonEnvironment, pythonScript } from './python.mjs';

const precisions = ['fixed16', 'float32'];
const facades = ['Engine', 'Trainer'];

/** Name of the system that all others are set against, besides the best peer. */
export const numpyName = 'numpy by hand';

function ours(facade, precision, data, command, runtime) {
	const row = { name: `softmax-simd ${precision}, ${facade}, ${runtime}`, ours: true, arithmetic: precision };
	return processSystem(row, {
		command,
		script: `${root}bench/systems/ours.mjs`,
		options: { facade, precision, ...data },
	});
}

function oursEverywhere(data) {
	const runtimes = [[process.execPath, thisNodeName], ...(node24 ? [[node24, node24Name]] : [])];
	const inNode = runtimes.flatMap(([command, runtime]) =>
		precisions.flatMap((precision) => facades.map((facade) => ours(facade, precision, data, command, runtime))),
	);
	const inBrowsers = browserNames.flatMap((browser) =>
		precisions.map((precision) => browserSystem(browser, precision, data.folder)),
	);
	return [...inNode, ...inBrowsers];
}

/**
 * A peer in JavaScript. What is not JavaScript alone is float32 in WebAssembly.
 *
 * @param {string | null} arithmetic
 */
function javascript(name, script, options, arithmetic = 'float32') {
	return processSystem({ name, arithmetic }, { script: `${root}bench/${script}.mjs`, options });
}

function native(name, script, options) {
	return processSystem({ name }, { command: python, script: pythonScript(script), options, env: pythonEnvironment });
}

/**
 * Systems that train on Fashion-MNIST.
 *
 * @param folder where it is.
 * @param quick whether slow ones may do a part of an epoch.
 */
export function fashionMnistSystems(folder, quick) {
	const data = { data: 'fashion-mnist', folder };
	const slow = { ...data, limit: quick ? 40 : undefined };
	return [
		...oursEverywhere(data),
		javascript('plain JavaScript loop', 'systems/plain-loop', data, null),
		javascript('jax-js wasm, jit, by hand', 'peers/jax-js', { ...data, gradient: 'manual' }),
		javascript('jax-js wasm, jit, valueAndGrad', 'peers/jax-js', data),
		javascript('tfjs wasm, optimizer.minimize', 'peers/tfjs', { ...data, backend: 'wasm' }),
		javascript('tfjs wasm, model.fit', 'peers/tfjs', { ...slow, backend: 'wasm', api: 'model.fit' }),
		javascript('tfjs cpu, optimizer.minimize', 'peers/tfjs', { ...slow, backend: 'cpu' }, null),
		native(numpyName, 'numpy_loop', data),
		native('PyTorch by hand', 'torch_loop', data),
		native("PyTorch, the textbook's way", 'torch_textbook', data),
		native('scikit-learn SGDClassifier', 'sklearn_sgd', data),
	];
}

/** Systems that train on float32 embeddings. */
export function embeddingSystems() {
	const data = { data: 'embeddings' };
	return [
		...facades.map((facade) => ours(facade, 'float32', data, process.execPath, thisNodeName)),
		native(numpyName, 'numpy_loop', data),
	];
}
