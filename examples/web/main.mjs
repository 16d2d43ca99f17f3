/** The page: what it is made of, and how a visit begins. */
import { createClassify } from './classify/index.mjs';
import { OwnClasses } from './data/own-classes.mjs';
import { createOwnPanel } from './data/own-panel.mjs';
import { createSource } from './data/source.mjs';
import { getLanguage, onLanguageChange } from './language/index.mjs';
import { createLesson } from './lesson/index.mjs';
import { createKeeping } from './model/keeping.mjs';
import { createModelPanel } from './model/panel.mjs';
import { createStore } from './model/store.mjs';
import { element } from './page/dom.mjs';
import { createLanguageSwitch } from './page/languages.mjs';
import { displayNames } from './page/names.mjs';
import { createResults } from './results/index.mjs';
import { createControls, showError } from './training/controls.mjs';
import { createDisplay } from './training/display.mjs';
import { Session } from './training/session.mjs';
import { createSettings } from './training/settings.mjs';

createLanguageSwitch();
const store = createStore();
const session = new Session();
const own = new OwnClasses();
const settings = createSettings(() => keeping.keep());
const keeping = createKeeping(session, settings, own, store);
createControls(session, settings);
createDisplay(session);
const classify = createClassify(session);
createResults(session, classify.choose);
const panel = createOwnPanel(own);
const source = createSource(session, own, store);
createModelPanel({ session, own, store, keeping, source });
own.onChange = (renamed) => {
	panel.show();
	keeping.keepClasses();
	session.update(own.data, renamed).catch(showError);
};

const lesson = createLesson(element('lesson'), { getLanguage, onLanguageChange });
let isLessonSeen = false;
function updateLesson() {
	const { weights, data } = session;
	const { image, label } = classify;
	if (!weights || !image || label === undefined) return;
	const { learningRate } = settings.read();
	lesson.update({ ...weights, image, label, classNames: displayNames(data), inputShape: [28, 28], learningRate });
}
// Its tables are many: while they are out of sight, training has the frames for itself.
classify.onChange(() => (isLessonSeen || !session.run) && updateLesson());
session.on('end', updateLesson);
new IntersectionObserver((entries) => {
	isLessonSeen = entries.at(-1).isIntersecting;
	if (isLessonSeen) updateLesson();
}).observe(element('lesson'));

async function begin() {
	const [kept, classes] = await Promise.all([store.get('session'), store.get('classes')]).catch(() => []);
	if (kept?.settings) settings.restore(kept.settings);
	session.setSlow(settings.isSlow);
	if (classes) own.restore(classes);
	panel.show();
	const isOpen = await source.open(kept?.kind ?? 'sample', kept?.model);
	if (!isOpen && !session.data) await source.open('sample');
}

begin().catch(showError);
if (import.meta.env.MODE === 'production' && location.protocol.startsWith('http')) {
	navigator.serviceWorker?.register('./service-worker.js').catch(() => {});
}
