/** Folders of images, one a class, chosen or dropped. */
import { readImages } from 'softmax-simd/images';
import { say } from '../language/index.mjs';
import { element } from '../page/dom.mjs';

const isImage = ({ name, type }) => type.startsWith('image/') || /\.(png|jpe?g|gif|webp|bmp|avif)$/i.test(name);

export function createFolders(own, status) {
	const zone = element('folder-drop');

	/** @param files Of `{ file, folder }`. */
	async function take(files) {
		const byName = new Map();
		const failed = [];
		for (const { file, folder } of files.filter(({ file }) => isImage(file))) {
			try {
				const image = await readImages([file]);
				byName.set(folder, [...(byName.get(folder) ?? []), image]);
			} catch {
				failed.push(file.name);
			}
		}
		const count = [...byName.values()].reduce((sum, images) => sum + images.length, 0);
		if (count > 0) own.addImages(byName);
		if (failed.length === 0) say(status, 'own.added', { count });
		else say(status, 'own.unreadable', { count, failed: failed.length, name: failed[0] });
	}

	element('folder-input').addEventListener('change', ({ target }) => {
		take([...target.files].map((file) => ({ file, folder: folderOf(file) })));
	});
	zone.addEventListener('dragover', (event) => {
		event.preventDefault();
		zone.classList.add('over');
	});
	zone.addEventListener('dragleave', () => zone.classList.remove('over'));
	zone.addEventListener('drop', async (event) => {
		event.preventDefault();
		zone.classList.remove('over');
		// Items are gone after the first await.
		const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
		take((await Promise.all(entries.map((entry) => walk(entry)))).flat());
	});
}

/** The folder that a file lies in. */
function folderOf({ webkitRelativePath }) {
	return webkitRelativePath.split('/').at(-2) ?? '?';
}

async function walk(entry, folder = '?') {
	if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), folder }];
	const reader = entry.createReader();
	const found = [];
	// A reader gives a hundred entries at a time, and none when there are no more.
	for (;;) {
		const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
		if (entries.length === 0) return found;
		for (const one of entries) found.push(...(await walk(one, entry.name)));
	}
}
