import { createTrainer, loadFashionMnist } from 'softmax-simd';
import { trainInPage } from './train.js';

// Every other entry is found as well.
export * as formats from 'softmax-simd/formats';
export * as images from 'softmax-simd/images';
export * as metrics from 'softmax-simd/metrics';

trainInPage({ createTrainer, loadFashionMnist });
