import { bar, element, field, formula, inline, numberInput, prose } from '../dom.mjs';
import { format } from '../numbers.mjs';
import { createTable } from '../table.mjs';
import { advance, choosePixels, findRival, followSample, lookAhead, startTraining } from '../training.mjs';

const shownSteps = 10;
const formulas = ['dW = (P − Y) x^T', 'db = P − Y', 'W ← W − η · dW', 'b ← b − η · db'];

/** One step of gradient descent on one image, as often as the reader wants. */
export function createTrainingCard({ texts, state }) {
	const own = texts.training;
	const rate = numberInput(state.training?.learningRate ?? '', { min: '0' });
	const take = element('button', { type: 'button', class: 'lesson-primary' }, own.take);
	const reset = element('button', { type: 'button' }, own.reset);
	const preview = element('p');
	const report = element('output', { class: 'lesson-answer' });
	const losses = createTable({ caption: own.lossCaption, columns: [own.step, '$L$', '$P_truth$', own.bars] });
	const biases = createTable({
		caption: own.biasCaption,
		columns: [texts.class, '$P$', '$Y$', '$P − Y$', '$b$', own.newBias],
	});
	const weights = createTable({
		caption: own.weightCaption,
		columns: [own.weight, '$x_j$', '$P − Y$', '$dW$', '$W$', own.newWeight],
	});

	function draw() {
		const { training } = state;
		const { now, stepped, next } = lookAhead(training);
		const { sample, history } = training;
		preview.replaceChildren(
			...inline(own.preview(format(now.loss), format(next.loss), sample.classNames[sample.label])),
		);
		const steps = history.length > 0 ? history : [now];
		const highest = Math.max(...steps.map(({ loss }) => loss).filter(Number.isFinite));
		const rows = steps.map(({ loss, probabilities }, index) => {
			return { cells: [String(index), format(loss), format(probabilities[sample.label]), bar(loss, highest)] };
		});
		losses.show(rows.slice(-shownSteps));
		biases.show(createBiasRows(training, now, stepped));
		weights.show(createWeightRows(training, now, stepped));
	}

	rate.addEventListener('input', () => {
		const isUsable = Number.isFinite(rate.valueAsNumber) && rate.valueAsNumber >= 0;
		take.disabled = !isUsable;
		if (!isUsable) return;
		state.training.learningRate = rate.valueAsNumber;
		draw();
	});
	take.addEventListener('click', () => {
		state.training = advance(state.training);
		const { history } = state.training;
		const [before, after] = history.slice(-2).map(({ loss }) => format(loss));
		report.replaceChildren(...inline(own.report(history.length - 1, before, after)));
		draw();
	});
	reset.addEventListener('click', () => {
		const { sample, learningRate } = state.training;
		state.training = startTraining(sample, learningRate);
		report.replaceChildren(...inline(own.wasReset));
		draw();
	});
	return {
		title: own.title,
		body: [
			columns(
				[prose(own.text), ...formulas.map(formula), prose(own.meaning)],
				[
					live(
						element('div', { class: 'lesson-controls' }, field(own.rate, rate), take, reset),
						prose(own.rateHint, 'p', { class: 'lesson-hint' }),
						preview,
						report,
						losses.element,
					),
				],
			),
			live(columns([biases.element], [weights.element])),
		],
		show(sample) {
			const before = state.training;
			state.training = followSample(before, sample);
			if (state.training.history !== before?.history) report.replaceChildren();
			if (rate.valueAsNumber !== state.training.learningRate) {
				rate.value = String(state.training.learningRate);
				take.disabled = false;
			}
			draw();
		},
	};
}

function createBiasRows({ sample, weights }, { probabilities, difference }, stepped) {
	return sample.classNames.map((name, row) => {
		const values = [difference[row], weights.bias[row], stepped.bias[row]];
		const target = row === sample.label ? '1' : '0';
		return {
			cells: [name, format(probabilities[row]), target, ...values.map((value) => format(value))],
			isMarked: row === sample.label,
		};
	});
}

function createWeightRows({ sample, weights }, { probabilities, difference }, stepped) {
	const { input, label, classNames } = sample;
	return [label, findRival(probabilities, label)].flatMap((row) =>
		choosePixels(input).map((pixel) => {
			const index = row * input.length + pixel;
			const values = [difference[row], difference[row] * input[pixel], weights.weight[index], stepped.weight[index]];
			return {
				cells: [`${classNames[row]}, x[${pixel}]`, ...[input[pixel], ...values].map((value) => format(value))],
				isMarked: row === label,
			};
		}),
	);
}

function live(...children) {
	return element('div', { class: 'lesson-live' }, ...children);
}

function columns(...contents) {
	return element('div', { class: 'lesson-columns' }, ...contents.map((content) => element('div', {}, ...content)));
}
