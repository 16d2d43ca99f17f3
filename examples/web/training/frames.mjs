/** Watches the frames a page draws while something runs: the proof that nothing freezes. */
export function watchFrames(report) {
	let handle = 0;
	let gaps = 0;
	let total = 0;
	let longest = 0;
	let last;

	function frame(now) {
		if (last !== undefined) {
			gaps++;
			total += now - last;
			longest = Math.max(longest, now - last);
			if (total > 0) report({ perSecond: (1000 * gaps) / total, longest });
		}
		last = now;
		handle = requestAnimationFrame(frame);
	}

	// A page in the background draws nothing, which is no freeze.
	function onVisibilityChange() {
		last = undefined;
	}

	document.addEventListener('visibilitychange', onVisibilityChange);
	handle = requestAnimationFrame(frame);
	return {
		stop() {
			document.removeEventListener('visibilitychange', onVisibilityChange);
			cancelAnimationFrame(handle);
		},
	};
}
