/** Classes of the user's own and their images; every change is told to whoever listens. */
import { pixelCount } from '../page/pixels.mjs';

/** Every fifth image is for testing. */
const testEvery = 5;

export class OwnClasses {
	#nextId = 1;
	/** Of `{ id, name, images }`. */
	list = [];
	onChange = () => {};

	get data() {
		const classNames = this.list.map(({ name }) => name);
		const [train, test] = [[], []];
		for (const [label, { images }] of this.list.entries()) {
			for (const [index, image] of images.entries()) {
				(index % testEvery === testEvery - 1 ? test : train).push({ image, label });
			}
		}
		const withImages = this.list.filter(({ images }) => images.length > 0).length;
		const training = withImages >= 2 ? collect(train) : collect([]);
		return { kind: 'own', classNames, train: training, test: test.length > 0 ? collect(test) : training };
	}

	find(id) {
		return this.list.find((one) => one.id === id);
	}

	/** @returns the class, or undefined where there is one of that name */
	add(name) {
		if (!name || this.list.some((one) => one.name === name)) return undefined;
		const added = { id: this.#nextId++, name, images: [] };
		this.list.push(added);
		this.onChange({});
		return added;
	}

	rename(id, name) {
		const one = this.find(id);
		if (!name || this.list.some((other) => other !== one && other.name === name)) return false;
		const renamed = { [one.name]: name };
		one.name = name;
		this.onChange(renamed);
		return true;
	}

	remove(id) {
		this.list = this.list.filter((one) => one.id !== id);
		this.onChange({});
	}

	/** @param byName Images by the name of their class, which is added where it is new. */
	addImages(byName) {
		for (const [name, images] of byName) {
			let one = this.list.find((other) => other.name === name);
			if (!one) {
				one = { id: this.#nextId++, name, images: [] };
				this.list.push(one);
			}
			one.images.push(...images);
		}
		this.onChange({});
	}

	keep() {
		return this.list.map(({ name, images }) => {
			const pixels = new Uint8Array(images.length * pixelCount);
			for (const [index, image] of images.entries()) pixels.set(image, index * pixelCount);
			return { name, pixels };
		});
	}

	restore(kept) {
		this.list = kept.map(({ name, pixels }) => ({ id: this.#nextId++, name, images: splitImages(pixels) }));
	}
}

export function splitImages(pixels) {
	const count = pixels.length / pixelCount;
	return Array.from({ length: count }, (_, index) => pixels.slice(index * pixelCount, (index + 1) * pixelCount));
}

function collect(samples) {
	const inputs = new Uint8Array(samples.length * pixelCount);
	for (const [index, { image }] of samples.entries()) inputs.set(image, index * pixelCount);
	return { inputs, labels: Uint16Array.from(samples, ({ label }) => label), count: samples.length };
}
