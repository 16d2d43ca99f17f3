/** Numbers, progress and curves of the training. */
import { say } from '../language/index.mjs';
import { create, element } from '../page/dom.mjs';
import { percent, whole } from '../page/numbers.mjs';
import { createAccuracyChart, createLossChart } from './charts.mjs';
import { watchFrames } from './frames.mjs';

export function createDisplay(session) {
	const drawLoss = createLossChart(element('loss-chart'), session);
	const drawAccuracy = createAccuracyChart(element('accuracy-chart'), session);
	let frames;

	function showNumbers() {
		const log = session.logs.at(-1);
		const { run } = session;
		element('epoch').textContent = log ? log.epoch : '–';
		if (log && run) {
			const epochs = () => log.epoch + run.left;
			say(element('epoch'), 'epochOf', { epoch: log.epoch, epochs });
		} else delete element('epoch').dataset.text;
		element('loss').textContent = log ? log.loss.toFixed(3) : '–';
		element('train-accuracy').textContent = log ? percent(log.accuracy) : '–';
		element('test-accuracy').textContent = log ? percent(log.validationAccuracy) : '–';
		element('speed').textContent = log ? whole(log.samplesPerSecond) : '–';
		const seconds = session.logs.reduce((sum, { milliseconds }) => sum + milliseconds / 1000, 0);
		element('time').textContent = log ? `${seconds.toFixed(2)} s` : '–';
	}

	function showProgress() {
		const { run, logs } = session;
		const done = run ? 1 - (run.left - (run.part ?? 0)) / run.options.epochs : Number(logs.length > 0);
		element('progress').value = done;
	}

	function addRow({ epoch, loss, accuracy, validationAccuracy }) {
		const texts = [loss.toFixed(4), percent(accuracy), percent(validationAccuracy)];
		const cells = texts.map((textContent) => create('td', { textContent }));
		element('epochs-table').append(create('tr', {}, create('th', { scope: 'row', textContent: epoch }), ...cells));
	}

	function showAll() {
		showNumbers();
		showProgress();
		element('epochs-table').replaceChildren();
		for (const log of session.logs) addRow(log);
		drawLoss();
		drawAccuracy();
	}

	session.on('progress', () => {
		showProgress();
		drawLoss();
		if (session.logs.length === 0) showAll();
	});
	session.on('epoch', (log) => {
		addRow(log);
		showNumbers();
		drawAccuracy();
	});
	session.on('data', showAll);
	session.on('state', () => {
		showNumbers();
		showProgress();
		const isRunning = session.state === 'training';
		if (isRunning) frames ??= watchFrames(showFrames);
		else frames = frames?.stop();
	});
	showAll();
}

function showFrames({ perSecond, longest }) {
	element('frames').textContent = whole(perSecond);
	element('gap').textContent = `${whole(longest)} ms`;
}
