/** Our own plugins of the build. */
import { minify } from 'terser';

/** Makes a module whose default export is the string that `read` gives. */
export function text(name, read) {
	const id = `\0${name}`;
	let value;
	return {
		name,
		// Once, before this bundle loads anything.
		async buildStart() {
			value = await read();
		},
		resolveId: (source) => (source === name ? id : null),
		load: (source) => (source === id ? `export default ${JSON.stringify(value)};` : null),
	};
}

/** Leaves a module of that name to another bundle in the same folder. */
export function beside(name) {
	return {
		name: 'beside',
		resolveId: (source) => (source.endsWith(`/${name}`) ? { id: `./${name}`, external: true } : null),
	};
}

/** Letters that are frequent anyway come first. */
const first = 'etsrinoaclduphfmgvybwkxjqzTSENRIAOCLDUPHFMGVYBWKXJQZ_$';
const following = `${first}0123456789`;

/** The names in their order, the shortest first, whatever the text: terser's own depend on how often a letter comes. */
const shortNames = {
	get(index) {
		let name = first[index % first.length];
		for (let rest = Math.floor(index / first.length); rest > 0; rest = Math.floor(rest / following.length)) {
			rest--;
			name += following[rest % following.length];
		}
		return name;
	},
};

/** Every private name below a node of the syntax tree, with a short one in its place: each class begins with the first. */
function* shortPrivateNames(node, names) {
	if (node.type === 'ClassBody') names = new Map();
	if (node.type === 'PrivateIdentifier') {
		if (!names.has(node.name)) names.set(node.name, shortNames.get(names.size));
		yield { start: node.start, end: node.end, name: names.get(node.name) };
	}
	for (const child of Object.values(node).flat()) if (child?.type) yield* shortPrivateNames(child, names);
}

/** Terser gives the private names of all classes one numbering: the same class would differ from bundle to bundle. */
function renamePrivate(code, tree) {
	let renamed = '';
	let position = 0;
	const inOrder = [...shortPrivateNames(tree)].sort((a, b) => a.start - b.start);
	for (const { start, end, name } of inOrder) {
		renamed += `${code.slice(position, start)}#${name}`;
		position = end;
	}
	return renamed + code.slice(position);
}

/**
 * Minifies so that what several bundles have in common comes out as the same text, for gzip to find.
 *
 * @param nameCache shared by these bundles
 */
export function minifyAlike(nameCache) {
	return {
		name: 'minify-alike',
		async renderChunk(source) {
			const { code } = await minify(source, {
				module: true,
				ecma: 2022,
				// Left as they are, statements are more alike than the operators they could be made of.
				compress: { passes: 3, reduce_vars: false, pure_getters: true, conditionals: false, sequences: false },
				mangle: { nth_identifier: shortNames },
				nameCache,
			});
			return renamePrivate(code, this.parse(code));
		},
	};
}
