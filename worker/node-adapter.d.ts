declare module 'comlink/dist/esm/node-adapter.mjs' {
	export default function nodeEndpoint(
		port: import('node:worker_threads').MessagePort | import('node:worker_threads').Worker,
	): import('comlink').Endpoint;
}
