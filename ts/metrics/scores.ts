/** Precision, recall and F1, by class and averaged, as scikit-learn defines them where nothing divides by zero = 0. */

/** How well a class, or all of them together, were told apart. */
export interface Scores {
	/** Of the samples said to be of the class, the fraction that are; 0 where there are none. */
	precision: number;
	/** Of the samples of the class, the fraction that were found; 0 where there are none. */
	recall: number;
	/** Harmonic mean of precision and recall; 0 where both are 0. */
	f1: number;
}

/** The scores of one class. */
export interface ClassScores extends Scores {
	className: string;
	/** Samples of the class. */
	support: number;
}

/**
 * @param labels `[N]`, from 0 to C − 1.
 * @param predicted `[N]`, likewise.
 * @returns `[C]`
 */
export function scoreClasses(
	labels: Uint32Array,
	predicted: Uint32Array,
	classNames: readonly string[],
): ClassScores[] {
	const counts = () => new Uint32Array(classNames.length);
	const [support, claimed, found] = [counts(), counts(), counts()];
	for (let row = 0; row < labels.length; row++) {
		support[labels[row]]++;
		claimed[predicted[row]]++;
		if (labels[row] === predicted[row]) found[labels[row]]++;
	}
	return classNames.map((className, index) => ({
		className,
		precision: ratio(found[index], claimed[index]),
		recall: ratio(found[index], support[index]),
		f1: ratio(2 * found[index], support[index] + claimed[index]),
		support: support[index],
	}));
}

/** Sums of scores times the weight of each class, which add up to 1. */
export function averageScores(scores: readonly ClassScores[], weightOf: (score: ClassScores) => number): Scores {
	const mean = (name: keyof Scores) => scores.reduce((sum, score) => sum + weightOf(score) * score[name], 0);
	return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

function ratio(part: number, whole: number): number {
	return whole === 0 ? 0 : part / whole;
}
