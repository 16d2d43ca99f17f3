/** The main table: everything that trained, side by side. */
import { digits, percent, ratio, table, whole } from './format.mjs';

const columns = [
	['system', ({ name, ours, note }) => (ours ? `**${name}**` : name) + (note ? ` (${note})` : '')],
	['ms per epoch', ({ milliseconds }) => digits(milliseconds)],
	['least', ({ least }) => digits(least)],
	['to best peer', ({ toBestPeer }) => ratio(toBestPeer)],
	['to numpy', ({ toNumpy }) => ratio(toNumpy)],
	['samples/s', ({ samplesPerSecond }) => whole(samplesPerSecond)],
	['GMAC/s', ({ gigaMacs }) => digits(gigaMacs)],
	['of peak', ({ shareOfPeak }) => percent(shareOfPeak)],
];

const lossColumn = ['loss of epoch 1', ({ firstLoss }) => firstLoss?.toFixed(3) ?? '–'];

/** @param summary of summarise. */
export function trainingTable({ rows, missing }, { withLoss = true } = {}) {
	const reasons = missing.map(({ name, reason }) => `- ${name}: not available (${reason})`);
	const measured = rows.length > 0 ? [table(withLoss ? [...columns, lossColumn] : columns, rows)] : [];
	return [...measured, reasons.join('\n')].join('\n\n').trim();
}
