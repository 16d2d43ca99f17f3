/** The page: loads the sample, trains when asked to, and shows what comes of it. */
import { createTrainer, loadFashionMnist } from 'softmax-simd';
import { createAccuracyChart, createLossChart } from './charts.mjs';
import { watchFrames } from './frames.mjs';
import { createPictures } from './pictures.mjs';
import { createTemplates } from './templates.mjs';

const element = (id) => document.getElementById(id);
const form = element('settings');
const startButton = element('start');
const stopButton = element('stop');

const slowMotionRest = 500;
const percent = (fraction) => `${(100 * fraction).toFixed(1)} %`;
const whole = (number) => Math.round(number).toLocaleString('en');

const lossChart = createLossChart(element('loss-chart'));
const accuracyChart = createAccuracyChart(element('accuracy-chart'));

let data;
let templates;
let pictures;
let seconds = 0;

function show(state, message) {
	const busy = state === 'loading' || state === 'training';
	const stopHadFocus = document.activeElement === stopButton;
	document.body.dataset.state = state;
	element('status').textContent = message;
	element('fields').disabled = busy;
	startButton.disabled = busy || !data;
	stopButton.disabled = state !== 'training';
	// Disabled, an element drops the keyboard's focus; it goes where it is needed next.
	const isLost = document.activeElement === document.body || document.activeElement?.matches(':disabled');
	if (state === 'training' && isLost) stopButton.focus({ preventScroll: true });
	if (stopHadFocus && stopButton.disabled) startButton.focus({ preventScroll: true });
}

function showEpoch(log, epochs) {
	seconds += log.milliseconds / 1000;
	element('time').textContent = `${seconds.toFixed(2)} s`;
	element('epoch').textContent = `${log.epoch} of ${epochs}`;
	element('loss').textContent = log.loss.toFixed(3);
	element('train-accuracy').textContent = percent(log.accuracy);
	element('test-accuracy').textContent = percent(log.validationAccuracy);
	element('speed').textContent = whole(log.samplesPerSecond);
	const row = element('epochs-table').insertRow();
	for (const text of [log.epoch, log.loss.toFixed(4), percent(log.accuracy), percent(log.validationAccuracy)]) {
		row.insertCell().textContent = text;
	}
}

function clear() {
	for (const id of ['epoch', 'loss', 'train-accuracy', 'test-accuracy', 'speed', 'frames'])
		element(id).textContent = '–';
	element('epochs-table').replaceChildren();
	element('progress').value = 0;
	lossChart.clear();
	accuracyChart.clear();
}

function readSettings() {
	const { learningRate, batchSize, epochs, seed, slowly } = form.elements;
	return {
		learningRate: learningRate.valueAsNumber,
		batchSize: batchSize.valueAsNumber,
		epochs: epochs.valueAsNumber,
		seed: seed.valueAsNumber,
		slowly: slowly.checked,
	};
}

async function train({ seed, slowly, ...options }) {
	clear();
	show('loading', 'Starting the worker …');
	const { inputShape, classNames } = data.train;
	const trainer = await createTrainer({ inputShape, classes: classNames, seed });
	const stop = () => trainer.stop();
	stopButton.addEventListener('click', stop);
	let frames;
	try {
		const trainData = await trainer.upload(data.train);
		const testData = await trainer.upload(data.test);
		const showModel = async () => {
			templates.draw((await trainer.getWeights()).weight);
			pictures.show(await trainer.predict(testData));
		};
		show('training', 'Training …');
		frames = watchFrames(({ perSecond, longest }) => {
			element('frames').textContent = whole(perSecond);
			element('gap').textContent = `${whole(longest)} ms`;
		});
		const history = await trainer.fit(trainData, {
			...options,
			validationData: testData,
			onProgress({ epoch, batch, batches, batchLosses }) {
				lossChart.add(batchLosses);
				element('progress').value = (epoch - 1 + batch / batches) / options.epochs;
			},
			async onEpochEnd(log) {
				showEpoch(log, options.epochs);
				accuracyChart.add(log);
				lossChart.addEpoch(log);
				await showModel();
				if (slowly) await new Promise((resolve) => setTimeout(resolve, slowMotionRest));
			},
		});
		const { accuracy, correct, count } = await trainer.evaluate(testData);
		await showModel();
		element('test-accuracy').textContent = percent(accuracy);
		const ending = history.stoppedBy === 'stop' ? 'Stopped' : 'Done';
		show('done', `${ending}: ${whole(correct)} of ${whole(count)} test pictures named right.`);
	} finally {
		frames?.stop();
		stopButton.removeEventListener('click', stop);
		await trainer.dispose();
	}
}

function showError(error) {
	show('error', `That did not work. ${error instanceof Error ? error.message : error}`);
}

async function load() {
	data = await loadFashionMnist({ baseUrl: './' });
	const { train: trainData, test } = data;
	templates = createTemplates(element('templates'), trainData.classNames);
	pictures = createPictures(element('pictures'), element('choice'), element('choice-count'), test);
	const [trainCount, testCount] = [trainData.labels.length, test.labels.length].map(whole);
	show('ready', `Ready: ${trainCount} pictures to learn from, ${testCount} to be tested with.`);
}

form.addEventListener('submit', (event) => {
	event.preventDefault();
	if (!startButton.disabled) train(readSettings()).catch(showError);
});
load().catch(showError);
