import { createTrainer, loadFashionMnist } from 'softmax-simd/external';
import { trainInPage } from './train.js';

trainInPage({ createTrainer, loadFashionMnist });
