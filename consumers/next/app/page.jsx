import { argmax } from 'softmax-simd';
import { Training } from './training';

/** Rendered on the server, which imports the package as well. */
export default function Page() {
	return (
		<main>
			<p id="server">{argmax([1, 3, 2])}</p>
			<Training />
		</main>
	);
}
