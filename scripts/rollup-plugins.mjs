/** Our own plugins of the build. */
import { minify } from 'terser';

/** Makes a module whose default export is the string that `read` gives. */
export function text(name, read) {
	const id = `\0${name}`;
	let value;
	return {
		name,
		// Before this bundle loads anything: two builds of the crate at once would write to the same files.
		async buildStart() {
			value = await read();
		},
		resolveId: (source) => (source === name ? id : null),
		load: (source) => (source === id ? `export default ${JSON.stringify(value)};` : null),
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

/**
 * Minifies so that what several bundles have in common comes out as the same text, for gzip to find.
 *
 * @param nameCache shared by these bundles
 */
export function minifyAlike(nameCache) {
	return {
		name: 'minify-alike',
		renderChunk: (code) =>
			minify(code, {
				module: true,
				ecma: 2022,
				compress: { passes: 3, reduce_vars: false },
				mangle: { nth_identifier: shortNames },
				format: { comments: /@license/ },
				nameCache,
			}),
	};
}
