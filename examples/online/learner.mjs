/** Takes lines, trains on them in small batches, and keeps checkpoints. */
import { Advice, UsageError } from '../common/command-line.mjs';
import { readModel, writeModel } from '../common/model-file.mjs';
import { EventError, parseEvent } from './events.mjs';
import { Score } from './score.mjs';

function whole(number) {
	return number.toLocaleString('en-US');
}

/** Goes on from the checkpoint, or begins. @param core, formats the package's entries */
export async function openLearner(core, formats, options) {
	const wanted = options.demo ? { ...options, classes: core.fashionMnistClassNames, inputScale: 1 / 255 } : options;
	const saved = await readModel(options.checkpoint, formats.decodeModel);
	if (saved) checkSame(saved, wanted);
	const trainer = saved ? await core.restoreTrainer(saved) : await begin(core.createTrainer, wanted);
	return new Learner(trainer, formats.encodeModel, options, saved?.options);
}

/** Refuses to go on with classes or a scale that the checkpoint does not have. */
function checkSame({ classNames, bias, inputScale = [1] }, wanted) {
	const known = classNames ? classNames.join() : String(bias.length);
	if (wanted.classes !== undefined && String(wanted.classes) !== known) {
		throw new UsageError(`--classes: those of ${wanted.checkpoint} are ${known}, not ${wanted.classes}`);
	}
	const hasOther = inputScale.some((scale) => scale !== Math.fround(wanted.inputScale));
	if (wanted.inputScale === undefined || !hasOther) return;
	throw new UsageError(`--input-scale: that of ${wanted.checkpoint} is ${inputScale[0]}, not ${wanted.inputScale}`);
}

async function begin(createTrainer, { demo, classes, inputScale, seed, checkpoint }) {
	if (classes === undefined) throw new UsageError(`--classes: needed to begin, as there is no ${checkpoint} yet`);
	return createTrainer({ inputShape: demo ? [28, 28] : undefined, classes, inputScale, seed });
}

class Learner {
	#trainer;
	#encodeModel;
	#options;
	#events = [];
	#features;
	#steps = 0;
	#skipped = 0;
	#samplesBefore;
	#samplesSeen;
	#linesKept;
	#score = new Score();
	/** Lines taken over all runs, events or not. */
	linesTaken;

	/** @param counts `{ samplesSeen, linesTaken }` of the checkpoint: the trainer itself counts from its restoration. */
	constructor(trainer, encodeModel, options, { samplesSeen = 0, linesTaken = 0 } = {}) {
		this.#trainer = trainer;
		this.#encodeModel = encodeModel;
		this.#options = options;
		this.#features = trainer.inputShape?.reduce((product, size) => product * size, 1);
		this.#samplesBefore = samplesSeen;
		this.#samplesSeen = samplesSeen;
		this.#linesKept = linesTaken;
		this.linesTaken = linesTaken;
	}

	describe() {
		const { batchSize, checkpoint } = this.#options;
		if (this.linesTaken === 0) return `begins: ${batchSize} events a step, checkpoints in ${checkpoint}`;
		return `goes on after line ${whole(this.linesTaken)}, ${whole(this.#samplesSeen)} samples seen, from ${checkpoint}`;
	}

	/** Takes one line, and once a batch is full, trains: whoever waits for this sends no faster than is learned. */
	async take(line) {
		this.linesTaken++;
		if (line.trim() === '') return;
		try {
			this.#events.push(parseEvent(line, this.#trainer.classNames, this.#features));
		} catch (error) {
			if (!(error instanceof EventError)) throw error;
			this.#skipped++;
			console.error(`line ${whole(this.linesTaken)} skipped: ${error.message}`);
			return;
		}
		this.#features ??= this.#events[0].input.length;
		if (this.#events.length === this.#options.batchSize) await this.#step();
	}

	async #step() {
		const events = this.#events.splice(0);
		const { learningRate, momentum, reportEvery, checkpointEvery } = this.#options;
		const batch = { inputs: events.map(({ input }) => input), labels: events.map(({ label }) => label) };
		const { loss, accuracy, samplesSeen } = await this.#train(batch, { learningRate, momentum });
		this.#samplesSeen = this.#samplesBefore + samplesSeen;
		this.#score.add(events.length, loss, accuracy);
		this.#steps++;
		if (this.#steps % reportEvery === 0) this.#report();
		if (this.#steps % checkpointEvery === 0) await this.#keep();
	}

	async #train(batch, options) {
		try {
			return await this.#trainer.partialFit(batch, options);
		} catch (error) {
			if (error.code !== 'NON_FINITE_LOSS') throw error;
			const until = `${this.#options.checkpoint} is as it was after line ${whole(this.#linesKept)}`;
			throw new Advice(`${error.message}; ${until}`);
		}
	}

	#report() {
		console.log(`${whole(this.#samplesSeen)} samples seen; ${this.#score.takeReport()}`);
	}

	/** Weights and counts go into one file, so that they always belong together. */
	async #keep() {
		const counts = { samplesSeen: this.#samplesSeen, linesTaken: this.linesTaken };
		const state = await this.#trainer.getState();
		await writeModel(this.#options.checkpoint, this.#encodeModel({ ...state, options: counts }));
		this.#linesKept = this.linesTaken;
	}

	/** Trains on what waits for a full batch, writes the last checkpoint and ends the worker. @returns what to print */
	async close() {
		if (this.#events.length > 0) await this.#step();
		if (!this.#score.isReported) this.#report();
		if (this.#trainer.inputShape && this.linesTaken > this.#linesKept) await this.#keep();
		await this.#trainer.dispose();
		const kept = this.#linesKept > 0 ? `kept in ${this.#options.checkpoint}` : 'nothing to keep';
		const skipped = this.#skipped > 0 ? `, ${whole(this.#skipped)} skipped` : '';
		return `stopped after line ${whole(this.linesTaken)}${skipped}: ${whole(this.#samplesSeen)} samples seen, ${kept}`;
	}
}
