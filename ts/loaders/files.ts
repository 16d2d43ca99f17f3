/** Where the files of Fashion-MNIST come from: the options, and what each platform makes of them. */
import { wrongType } from '../api/check.js';
import type { AbortSignalLike } from '../api/types.js';
import type { ByteSource } from './chunks.js';

/** The four files by their official names, each perhaps with `.gz` appended. */
export type FashionMnistFileName =
	| 'train-images-idx3-ubyte'
	| 'train-labels-idx1-ubyte'
	| 't10k-images-idx3-ubyte'
	| 't10k-labels-idx1-ubyte';

/** A path or address, or a URL object, written so that these types need no DOM library. */
export type Place = string | { readonly href: string };

/** Node: a folder with the four files, gzip or not. */
export interface FashionMnistFolder {
	folder: Place;
}

/** Node: the official files, downloaded once and checked by SHA-256 whenever they are read. */
export interface FashionMnistDownload {
	download: true;
	/** Default `softmax-simd/fashion-mnist` in `$XDG_CACHE_HOME` or `~/.cache`. */
	cacheFolder?: Place;
	/** Rejects with the signal's reason. */
	signal?: AbortSignalLike;
}

/** Browser: a place of your own that serves the four files, gzip or not. */
export interface FashionMnistWeb {
	baseUrl: Place;
	/** Rejects with the signal's reason. */
	signal?: AbortSignalLike;
}

/** Where `loadFashionMnist` finds the files: in Node a folder or a download, in a browser an address. */
export type FashionMnistOptions = FashionMnistFolder | FashionMnistDownload | FashionMnistWeb;

/** Where the files come from; each platform has its own. */
export interface FashionMnistFiles {
	readonly source: string;
	/** Opens one of the files; `name` of what it resolves to is for error messages. */
	open(name: FashionMnistFileName): Promise<ByteSource & { readonly name: string }>;
}

/** Refuses what `fetch` does not take: it wants an AbortSignal, or undefined. */
export function checkFetchSignal(signal: unknown): asserts signal is AbortSignal | undefined {
	if (signal === undefined || signal instanceof AbortSignal) return;
	throw wrongType('signal', 'an AbortSignal', signal);
}
