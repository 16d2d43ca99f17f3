'use client';

import { useEffect } from 'react';
import { createTrainer, loadFashionMnist } from 'softmax-simd';
import { trainInPage } from '../train.js';

export function Training() {
	useEffect(() => {
		trainInPage({ createTrainer, loadFashionMnist });
	}, []);
	return null;
}
