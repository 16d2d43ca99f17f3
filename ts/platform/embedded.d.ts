/** The platform's worker, bundled into one script; the build makes it. */
declare module '#worker-source' {
	const source: string;
	export default source;
}

/** The kernel, deflated (zlib) and in base64; the build makes it. */
declare module '#kernel-source' {
	const compressed: string;
	export default compressed;
}
