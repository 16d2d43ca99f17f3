import { createTrainer, loadFashionMnist } from 'softmax-simd';
import { train } from './train.js';

console.log(JSON.stringify(await train({ createTrainer, loadFashionMnist }, { folder: 'public/sample' })));
