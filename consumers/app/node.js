import { createTrainer, loadFashionMnist } from 'softmax-simd';
import { train } from './train.js';

// Not awaited: in CommonJS, which bundlers can make of this, a module cannot wait.
train({ createTrainer, loadFashionMnist }, { folder: 'public/sample' }).then((hashes) =>
	console.log(JSON.stringify(hashes)),
);
