/** The sources of the files of Fashion-MNIST: the options of `loadFashionMnist`, and the interface of a platform's reader. */
import { wrongType } from '../api/check.js';
import type { AbortSignalLike } from '../api/options.js';
import type { ByteSource } from './chunks.js';

/** The four files by their official names, each perhaps with `.gz` appended. */
export type FashionMnistFileName =
	| 'train-images-idx3-ubyte'
	| 'train-labels-idx1-ubyte'
	| 't10k-images-idx3-ubyte'
	| 't10k-labels-idx1-ubyte';

/** A path, an address or a URL object; declared by `href` alone, so that these types need no DOM library. */
export type Place = string | { readonly href: string };

/** Node: a folder with the four files, gzip or not. */
export interface FashionMnistFolder {
	folder: Place;
}

/** Node: the official files, downloaded once and checked by SHA-256 each time they are read. */
export interface FashionMnistDownload {
	download: true;
	/** Default `softmax-simd/fashion-mnist` in `$XDG_CACHE_HOME` or `~/.cache`. */
	cacheFolder?: Place;
	/** Rejects with the signal's reason. */
	signal?: AbortSignalLike;
}

/** Browser: the address of a folder that serves the four files, gzip or not. */
export interface FashionMnistWeb {
	baseUrl: Place;
	/** Rejects with the signal's reason. */
	signal?: AbortSignalLike;
}

/** The source of the files: in Node a folder or a download, in a browser an address. */
export type FashionMnistOptions = FashionMnistFolder | FashionMnistDownload | FashionMnistWeb;

/** An opened source of the files; each platform has its own. */
export interface FashionMnistFiles {
	/** The folder or address. */
	readonly source: string;
	/** Opens one of the files. The `name` of the result is for error messages. */
	open(name: FashionMnistFileName): Promise<ByteSource & { readonly name: string }>;
}

/** Refuses what `fetch` does not take: it wants an AbortSignal, or undefined. */
export function checkFetchSignal(signal: unknown): asserts signal is AbortSignal | undefined {
	if (signal === undefined || signal instanceof AbortSignal) return;
	throw wrongType('signal', 'an AbortSignal', signal);
}
