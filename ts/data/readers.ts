/** What loaders.ts loads, in one piece. */
export { loadFashionMnist, loadFashionMnistPart } from './fashion-mnist.js';
export { parseIdx } from './idx.js';
