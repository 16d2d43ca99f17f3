import { existsSync, readFileSync } from 'node:fs';

/**
 * Largest resident memory of this process so far, in 10⁶ bytes. `maxRSS` would count the parent's too, from before it became
 * this program: Linux keeps a better number.
 */
export function peakMegabytes() {
	const status = '/proc/self/status';
	const match = existsSync(status) && /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'));
	return ((match ? Number(match[1]) : process.resourceUsage().maxRSS) * 1024) / 1e6;
}
