/** A pad to draw on, light on dark as the data set shows its images. */
import { readImages } from 'softmax-simd/images';
import { label, say } from '../language/index.mjs';
import { create } from '../page/dom.mjs';

const side = 224;
/** Some two pixels of a small image. */
const lineWidth = 18;

export function createPad(host) {
	const canvas = create('canvas', { width: side, height: side, className: 'pad', role: 'img' });
	label(canvas, 'pad.label');
	const clear = create('button', { type: 'button' });
	say(clear, 'pad.clear');
	host.querySelector('.buttons').before(canvas);
	host.querySelector('.buttons').append(clear);
	const context = canvas.getContext('2d', { willReadFrequently: true });
	let isEmpty = true;
	let last;

	function empty() {
		context.fillStyle = 'black';
		context.fillRect(0, 0, side, side);
		isEmpty = true;
	}

	function drawTo(event) {
		const box = canvas.getBoundingClientRect();
		const point = [((event.clientX - box.left) * side) / box.width, ((event.clientY - box.top) * side) / box.height];
		Object.assign(context, { strokeStyle: 'white', lineWidth, lineCap: 'round', lineJoin: 'round' });
		context.beginPath();
		context.moveTo(...(last ?? point));
		context.lineTo(...point);
		context.stroke();
		last = point;
		isEmpty = false;
	}

	canvas.addEventListener('pointerdown', (event) => {
		canvas.setPointerCapture(event.pointerId);
		last = undefined;
		drawTo(event);
	});
	canvas.addEventListener('pointermove', (event) => {
		if (!canvas.hasPointerCapture(event.pointerId)) return;
		for (const one of event.getCoalescedEvents?.() ?? []) drawTo(one);
		drawTo(event);
	});
	clear.addEventListener('click', empty);
	empty();
	return {
		get isEmpty() {
			return isEmpty;
		},
		clear: empty,
		read: () => readImages([context.getImageData(0, 0, side, side)]),
	};
}
