/** Answers from what was kept first, so that the page works without a network. */
const files = FILES;
// Other pages of this origin have caches too.
const prefix = `softmax-simd ${self.registration.scope} `;
const current = `${prefix}VERSION`;
const full = `${prefix}full`;

self.addEventListener('install', (event) => {
	event.waitUntil(caches.open(current).then((cache) => cache.addAll(files)));
});

self.addEventListener('activate', (event) => {
	event.waitUntil(
		(async () => {
			for (const name of await caches.keys()) {
				if (name.startsWith(prefix) && name !== current && name !== full) await caches.delete(name);
			}
			await self.clients.claim();
		})(),
	);
});

self.addEventListener('fetch', (event) => {
	if (event.request.method === 'GET') event.respondWith(answer(event.request));
});

async function answer(request) {
	const kept = await caches.match(request, { ignoreSearch: true });
	if (kept) return kept;
	const response = await fetch(request);
	if (response.ok && request.url.startsWith(`${self.registration.scope}full/`)) {
		const cache = await caches.open(full);
		await cache.put(request, response.clone());
	}
	return response;
}
