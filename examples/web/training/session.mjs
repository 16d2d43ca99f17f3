/** The trainer, its data and what it has come to; everything else on the page follows the session's events. */
import { createTrainer, restoreTrainer } from 'softmax-simd';
import { createEvents } from '../page/events.mjs';
import { createBatchCurve } from './curve.mjs';
import { watchModel } from './watch.mjs';

const inputShape = [28, 28];

/** Predicting all test images and showing them takes time that training could have. */
const restBetweenPredictions = 400;

/**
 * Events: `data` (another data set or other classes), `state`, `progress` (curves grew), `epoch`, `weights`, `prediction`,
 * `error`.
 */
export class Session {
	#events = createEvents();
	#trainer;
	#handles = [];
	#run;
	#waiting = Promise.resolve();
	#predicted = 0;
	data;
	/** What the model has behind it; of a model from a file there are no logs. */
	epochs = 0;
	logs = [];
	curve = createBatchCurve();
	weights;
	prediction;
	/** Of how `fit` ended last: `stop`, `epochs`, or nothing. */
	ending;
	slow = false;

	on = this.#events.on;

	get state() {
		if (this.#run) return this.#run.isPaused ? 'paused' : 'training';
		return this.canTrain ? 'ready' : 'empty';
	}

	get canTrain() {
		return Boolean(this.#trainer && this.data?.train.count);
	}

	/** What stands still while training runs. */
	get run() {
		return this.#run;
	}

	get trainer() {
		return this.#trainer;
	}

	/** Carries out a change of data, classes or parameters; a training under way is stopped for it and goes on afterwards. */
	change(task) {
		const changed = new Promise((resolve, reject) => {
			const carryOut = () => Promise.resolve().then(task).then(resolve, reject);
			if (this.#run) {
				this.#run.changes.push(carryOut);
				this.#trainer?.stop();
			} else this.#waiting = this.#waiting.then(carryOut);
		});
		return changed;
	}

	/** Another data set, with a new model or one that was kept. Ends a training under way. */
	open(data, kept) {
		this.stop();
		return this.change(async () => {
			await this.#trainer?.dispose();
			this.#trainer = undefined;
			this.#handles = [];
			this.#forget();
			this.data = data;
			if (kept) {
				this.#trainer = await restoreTrainer(kept.state);
				this.epochs = kept.epochs ?? kept.state.epoch;
				this.logs = kept.logs;
				this.curve = createBatchCurve(kept.curve);
			}
			await this.#fill();
		});
	}

	/** The same data set with other images or classes; what was learned of the classes that stay, stays. */
	update(data, renamed = {}) {
		return this.change(async () => {
			if (this.#trainer && data.classNames.length >= 2) await this.#takeClasses(data.classNames, renamed);
			else {
				await this.#trainer?.dispose();
				this.#trainer = undefined;
				this.#handles = [];
				this.#forget();
			}
			this.data = data;
			await this.#fill();
		});
	}

	async #takeClasses(classNames, renamed) {
		if (this.#trainer.classNames.join('\n') === classNames.join('\n')) return;
		if (Object.keys(renamed).length > 0) {
			const state = await this.#trainer.getState();
			const old = this.#trainer;
			this.#trainer = await restoreTrainer({
				...state,
				classNames: state.classNames.map((name) => renamed[name] ?? name),
			});
			this.#handles = [];
			await old.dispose();
		}
		await this.#trainer.setClasses(classNames);
	}

	async #fill() {
		const { classNames, train, test } = this.data;
		if (classNames.length >= 2) this.#trainer ??= await createTrainer({ inputShape, classes: classNames });
		for (const handle of this.#handles) await handle.release();
		this.#handles = [];
		if (this.canTrain) {
			this.#handles = [await this.#trainer.upload(part(train)), await this.#trainer.upload(part(test))];
		}
		this.prediction = undefined;
		this.#events.emit('data');
		await this.#show();
		this.#events.emit('state');
	}

	#forget() {
		this.epochs = 0;
		this.logs = [];
		this.curve = createBatchCurve();
		this.weights = undefined;
		this.prediction = undefined;
		this.ending = undefined;
	}

	/** Weights, and what they say about the test images. */
	async #show() {
		if (!this.#trainer) return;
		this.weights = await this.#trainer.getWeights();
		this.#events.emit('weights');
		if (this.#handles.length === 0) return;
		if (this.epochs > 0) this.prediction = await this.#trainer.predict(this.#handles[1]);
		this.#predicted = performance.now();
		this.#events.emit('prediction');
	}

	/** Trains on from where the model stands. Resolves when that has ended. */
	async train({ seed, ...options }) {
		await this.#waiting;
		if (this.#run || !this.canTrain) return;
		this.#run = { options, left: options.epochs, isPaused: false, isStopped: false, changes: [] };
		this.ending = undefined;
		try {
			if (this.epochs === 0) await this.#trainer.reset({ seed });
			const watch = watchModel(this, (weights) => {
				this.weights = weights;
				this.#events.emit('weights');
			});
			this.#events.emit('state');
			await this.#runAll();
			this.ending = this.#run.isStopped ? 'stop' : 'epochs';
			await watch.stop();
			await this.#show();
		} catch (error) {
			this.#events.emit('error', error);
		} finally {
			const { changes } = this.#run;
			this.#run = undefined;
			for (const change of changes) this.#waiting = this.#waiting.then(change);
			this.#events.emit('state');
			this.#events.emit('end');
		}
	}

	async #runAll() {
		const run = this.#run;
		while (run.left > 0 && !run.isStopped) {
			for (let change = run.changes.shift(); change; change = run.changes.shift()) await change();
			if (!this.canTrain || run.isStopped) return;
			const [train, validationData] = this.#handles;
			const { epochs: _, ...options } = run.options;
			const fitting = this.#trainer.fit(train, {
				...options,
				epochs: run.left,
				validationData,
				onProgress: (progress) => this.#progress(progress),
				onEpochEnd: (log) => this.#endEpoch(log),
			});
			if (run.isPaused || this.slow) this.#trainer.pause();
			await fitting;
		}
	}

	#progress({ batch, batches, batchLosses }) {
		for (const loss of batchLosses) this.curve.add(loss);
		if (this.#run) this.#run.part = batch / batches;
		this.#events.emit('progress');
	}

	async #endEpoch(log) {
		this.epochs = log.epoch;
		this.logs.push(log);
		this.#run.left--;
		this.#run.part = 0;
		this.#events.emit('epoch', log);
		if (performance.now() - this.#predicted > restBetweenPredictions) await this.#show();
	}

	pause() {
		if (!this.#run) return;
		this.#run.isPaused = true;
		this.#trainer?.pause();
		this.#events.emit('state');
	}

	resume() {
		if (!this.#run) return;
		this.#run.isPaused = false;
		if (!this.slow) this.#trainer?.resume();
		this.#events.emit('state');
	}

	setSlow(isSlow) {
		this.slow = isSlow;
		if (!this.#run || this.#run.isPaused) return;
		if (isSlow) this.#trainer?.pause();
		else this.#trainer?.resume();
	}

	stop() {
		if (!this.#run) return;
		this.#run.isStopped = true;
		this.#trainer?.stop();
	}

	/** Forgets all that was learned. */
	reset(seed) {
		this.stop();
		return this.change(async () => {
			await this.#trainer?.reset({ seed });
			this.#forget();
			this.#events.emit('progress');
			await this.#show();
			this.#events.emit('state');
		});
	}

	/** All that it takes to be here again; nothing before anything was learned. */
	async keep() {
		if (!this.#trainer || this.epochs === 0) return undefined;
		const state = await this.#trainer.getState();
		return { kind: this.data.kind, state, epochs: this.epochs, logs: [...this.logs], curve: this.curve.keep() };
	}
}

const part = ({ inputs, labels }) => ({ inputs, labels, inputShape });
