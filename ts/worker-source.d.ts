/** The bundled worker of browsers as text; the build makes it. */
declare module '#worker-source' {
	const source: string;
	export default source;
}
