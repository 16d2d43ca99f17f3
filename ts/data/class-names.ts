/** Names of the ten classes, in the order of their indices. */
export const fashionMnistClassNames: readonly string[] = Object.freeze([
	't-shirt',
	'trouser',
	'pullover',
	'dress',
	'coat',
	'sandal',
	'shirt',
	'sneaker',
	'bag',
	'ankle boot',
]);
