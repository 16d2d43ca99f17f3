/** The list of the user's own classes, and where new images for them come from. */
import { label, onLanguageChange, say, translate } from '../language/index.mjs';
import { create, element } from '../page/dom.mjs';
import { createCanvas, drawImage } from '../page/pixels.mjs';
import { createCamera } from './camera.mjs';
import { createFolders } from './folders.mjs';
import { createPad } from './pad.mjs';

const shownImages = 12;

export function createOwnPanel(own) {
	const list = element('own-list');
	const target = element('own-target');
	const status = element('own-status');
	const nodes = new Map();

	function targetClass() {
		const one = own.find(Number(target.value));
		if (!one) say(status, 'own.none');
		return one;
	}

	function addImages(images) {
		const one = targetClass();
		if (!one) return;
		own.addImages([[one.name, images]]);
		say(status, 'own.added', { count: images.length });
	}

	function createItem(one) {
		const name = create('input', { type: 'text', value: one.name, maxLength: 60 });
		const count = create('span', { className: 'muted' });
		const images = create('div', { className: 'thumbnails', ariaHidden: 'true' });
		const remove = create('button', { type: 'button', className: 'quiet' });
		say(remove, 'own.remove');
		const item = create('li', {}, name, count, images, remove);
		name.addEventListener('change', () => {
			if (own.rename(one.id, name.value.trim())) return;
			name.value = one.name;
			say(status, 'own.taken');
		});
		remove.addEventListener('click', () => {
			own.remove(one.id);
			element('own-name').focus();
		});
		return { item, name, count, images, remove, shown: 0 };
	}

	function showItem(one) {
		if (!nodes.has(one.id)) nodes.set(one.id, createItem(one));
		const node = nodes.get(one.id);
		label(node.name, 'own.rename', { name: one.name });
		label(node.remove, 'own.removeLabel', { name: one.name });
		say(node.count, 'own.count', { count: one.images.length });
		for (const image of one.images.slice(node.shown, shownImages)) {
			const canvas = createCanvas();
			drawImage(canvas, image, false);
			node.images.append(canvas);
		}
		node.shown = node.images.childElementCount;
		return node.item;
	}

	function show() {
		const items = own.list.map(showItem);
		for (const [id, { item }] of nodes) {
			if (items.includes(item)) continue;
			item.remove();
			nodes.delete(id);
		}
		for (const item of items) if (!item.isConnected) list.append(item);
		const before = target.value;
		target.replaceChildren(...own.list.map(({ id, name }) => create('option', { value: id, textContent: name })));
		if (own.find(Number(before))) target.value = before;
		element('own-name').placeholder = translate('own.default', { number: own.list.length + 1 });
	}

	element('own-form').addEventListener('submit', (event) => {
		event.preventDefault();
		const field = element('own-name');
		const added = own.add(field.value.trim() || field.placeholder);
		if (!added) return say(status, 'own.taken');
		field.value = '';
		target.value = added.id;
	});
	createFolders(own, status);
	createCamera(addImages, () => Boolean(targetClass()));
	const pad = createPad(element('own-pad'));
	element('own-pad-add').addEventListener('click', async () => {
		if (pad.isEmpty) return say(status, 'pad.empty');
		addImages([await pad.read()]);
		pad.clear();
	});
	onLanguageChange(show);
	return { show };
}
