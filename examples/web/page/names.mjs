/** Names of classes as the page shows them. */
import { translate } from '../language/index.mjs';

/** Those of Fashion-MNIST have a name in every language, those of the user are left as they are. */
export function displayName(data, index) {
	const name = data.classNames[index];
	return data.kind === 'own' ? name : translate(`class.${name}`);
}

export function displayNames(data) {
	return data.classNames.map((_, index) => displayName(data, index));
}
