/** The buttons of the training, and the status line that says what goes on. */
import { say } from '../language/index.mjs';
import { element, keepFocus } from '../page/dom.mjs';
import { reasonOf, whole } from '../page/numbers.mjs';

const [start, pause, stop, anew] = ['start', 'pause', 'stop', 'anew'].map(element);

export function createControls(session, settings) {
	settings.form.addEventListener('submit', (event) => {
		event.preventDefault();
		if (!start.disabled) session.train(settings.read());
	});
	settings.form.elements.slow.addEventListener('change', () => session.setSlow(settings.isSlow));
	pause.addEventListener('click', () => (session.state === 'paused' ? session.resume() : session.pause()));
	stop.addEventListener('click', () => session.stop());
	anew.addEventListener('click', () => session.reset(settings.read().seed).catch(showError));
	session.on('state', () => show(session, settings));
	session.on('error', showError);
}

let wasRunning = false;
/** What went wrong stays to be read until training begins again. */
let hasFailed = false;

export function showError(error) {
	hasFailed = true;
	document.body.dataset.state = 'error';
	say(element('status'), 'status.error', { reason: reasonOf(error) });
}

function show(session, settings) {
	const { state, epochs } = session;
	const isRunning = Boolean(session.run);
	for (const control of settings.form.querySelectorAll('input:not(#slow)')) control.disabled = isRunning;
	start.disabled = isRunning || !session.canTrain;
	pause.disabled = !isRunning;
	stop.disabled = !isRunning;
	anew.disabled = isRunning || epochs === 0;
	say(start, epochs > 0 && !isRunning ? 'further' : 'start');
	say(pause, state === 'paused' ? 'resume' : 'pause');
	if (isRunning !== wasRunning) keepFocus(isRunning ? stop : start);
	wasRunning = isRunning;
	if (isRunning) hasFailed = false;
	if (hasFailed) return;
	document.body.dataset.state = state === 'ready' && session.ending ? 'done' : state;
	tell(session);
}

function tell({ state, ending, epochs, prediction, data }) {
	const status = element('status');
	if (state === 'ready' && ending && prediction) {
		const { labels, count } = data.test;
		const correct = prediction.classIndices.filter((index, row) => index === labels[row]).length;
		const values = { correct: () => whole(correct), count: () => whole(count) };
		return say(status, ending === 'stop' ? 'status.stopped' : 'status.done', values);
	}
	if (state === 'ready' && epochs > 0) return say(status, 'status.restored', { epochs });
	say(status, `status.${state}`);
}
