/** The machine's own Python, `PYTHON` chooses another. */
import { root } from '../../scripts/tools.mjs';

export const python = process.env.PYTHON || 'python3';

// One thread each. A machine's own tuning of OpenBLAS is left out: what suits its old version slows down a current one.
const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...rest } = process.env;
export const pythonEnvironment = {
	...rest,
	OPENBLAS_NUM_THREADS: '1',
	OMP_NUM_THREADS: '1',
	MKL_NUM_THREADS: '1',
	VECLIB_MAXIMUM_THREADS: '1',
	PYTHONDONTWRITEBYTECODE: '1',
};

export function pythonScript(name) {
	return `${root}bench/python/${name}.py`;
}
