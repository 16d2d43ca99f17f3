/** Measures systems in turns, A B C A B C …, so that a noisy moment hits all alike. */

/** All at once would take more memory than is needed later. */
const startedTogether = 4;
const warmUpMilliseconds = 500;
/** How long a system is measured before it is the next one's turn, and in how many epochs at most. */
const turnMilliseconds = 250;
const turnEpochs = 8;
/** Whose epochs take longer gets every third turn only. */
const slowMilliseconds = 2000;

/**
 * @param systems as processSystem makes them.
 * @param rounds how often everybody gets a turn.
 * @param say is told what is being done.
 * @returns a run of every system: `{ name, …, versions, note, firstLoss, epochs }` with the milliseconds of every measured epoch,
 * or `{ name, …, reason }` where it could not run.
 */
export async function rotate(systems, { rounds, say }) {
	const runs = systems.map(({ start, measure, stop, ...row }) => ({ row, start, measure, epochs: [] }));
	for (let first = 0; first < runs.length; first += startedTogether) {
		say(`starts ${systems.length} systems, ${first} are ready`);
		await Promise.all(runs.slice(first, first + startedTogether).map((run) => attempt(run, start)));
	}
	await everyone(runs, warmUp, (name) => say(`warms up ${name}`));
	for (let round = 1; round <= rounds; round++) {
		const due = runs.filter(({ typical }) => typical < slowMilliseconds || round % 3 === 1);
		await everyone(due, takeTurn, (name) => say(`round ${round} of ${rounds}: ${name}`));
	}
	await Promise.all(systems.map(({ stop }) => stop().catch(() => {})));
	return runs.map(({ row, reason, versions, note, firstLoss, epochs }) =>
		reason ? { ...row, reason } : { ...row, versions, note, firstLoss, epochs },
	);
}

async function everyone(runs, action, say) {
	for (const run of runs) {
		if (run.reason) continue;
		say(run.row.name);
		await attempt(run, action);
	}
}

/** Does it, or notes why it cannot be done. */
async function attempt(run, action) {
	try {
		await action(run);
	} catch (error) {
		run.reason = error.message || String(error);
	}
}

async function start(run) {
	const { versions, note } = await run.start();
	Object.assign(run, { versions, note });
}

/** Until its code is compiled; the last epoch tells about how long one takes. */
async function warmUp(run) {
	for (let spent = 0; spent < warmUpMilliseconds; ) {
		const [{ milliseconds, loss }] = await run.measure(1);
		run.firstLoss ??= loss ?? undefined;
		run.typical = milliseconds;
		spent += milliseconds;
	}
}

async function takeTurn(run) {
	const count = Math.min(turnEpochs, Math.max(1, Math.round(turnMilliseconds / run.typical)));
	// An epoch to fill the caches again, where epochs are short.
	const fill = count > 1 ? 1 : 0;
	const measured = await run.measure(fill + count);
	run.epochs.push(...measured.slice(fill).map(({ milliseconds }) => milliseconds));
}
