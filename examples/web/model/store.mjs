/** The browser's own storage, by keys. */
function open() {
	return new Promise((resolve, reject) => {
		const request = indexedDB.open('softmax-simd-page', 1);
		request.onupgradeneeded = () => request.result.createObjectStore('kept');
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

export function createStore() {
	let opening;

	async function run(mode, use) {
		opening ??= open();
		const transaction = (await opening).transaction('kept', mode);
		const request = use(transaction.objectStore('kept'));
		return new Promise((resolve, reject) => {
			transaction.oncomplete = () => resolve(request.result);
			transaction.onerror = transaction.onabort = () => reject(transaction.error);
		});
	}

	return {
		get: (key) => run('readonly', (kept) => kept.get(key)),
		set: (key, value) => run('readwrite', (kept) => kept.put(value, key)),
		delete: (key) => run('readwrite', (kept) => kept.delete(key)),
		clear: () => run('readwrite', (kept) => kept.clear()),
	};
}
