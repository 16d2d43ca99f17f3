/** Images from the camera: one for a click, a burst while the button is held. */
import { readImages } from 'softmax-simd/images';
import { say } from '../language/index.mjs';
import { element } from '../page/dom.mjs';
import { reasonOf } from '../page/numbers.mjs';

const burstRest = 150;

export function createCamera(addImages, canTake) {
	const video = element('camera-view');
	const toggle = element('camera-toggle');
	const take = element('camera-take');
	const status = element('camera-status');
	let stream;
	let burst;

	async function turnOn() {
		if (!navigator.mediaDevices?.getUserMedia) throw new Error('getUserMedia');
		stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
		video.srcObject = stream;
		await video.play();
	}

	function turnOff() {
		for (const track of stream?.getTracks() ?? []) track.stop();
		stream = undefined;
		video.srcObject = null;
	}

	function show() {
		const isOn = Boolean(stream);
		video.hidden = take.hidden = element('camera-hint').hidden = !isOn;
		say(toggle, isOn ? 'own.camera.off' : 'own.camera.on');
	}

	async function takeOne() {
		if (!stream || !canTake()) return;
		addImages([await readImages([await squareOf(video)])]);
	}

	toggle.addEventListener('click', async () => {
		status.textContent = '';
		try {
			if (stream) turnOff();
			else await turnOn();
		} catch (error) {
			turnOff();
			say(status, 'own.camera.failed', { reason: reasonOf(error) });
		}
		show();
	});
	take.addEventListener('click', takeOne);
	take.addEventListener('pointerdown', () => {
		burst = setInterval(takeOne, burstRest);
	});
	for (const name of ['pointerup', 'pointerleave', 'pointercancel', 'blur']) {
		take.addEventListener(name, () => clearInterval(burst));
	}
	show();
}

/** The middle of the view, so that nothing is squeezed. */
function squareOf(video) {
	const { videoWidth: width, videoHeight: height } = video;
	const size = Math.min(width, height);
	return createImageBitmap(video, (width - size) / 2, (height - size) / 2, size, size);
}
