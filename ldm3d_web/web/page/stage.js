// The frame with the scene, and how far a new one is. Runs inside Gradio's HTML component, which gives `element`,
// `props` and `watch`; the markup is constant (a template would run a prompt as code), so every word is set as text.

const part = (name) => element.querySelector('.' + name);
const hero = part('hero');
const frame = element.querySelector('iframe');
const SCENE_ID = /^[A-Za-z0-9_-]{16}$/;
const texts = props.texts[navigator.language.split('-')[0]] ?? props.texts.en;
const say = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

let host = null; // the frame's door, once its script is here
let shown = ''; // the scene the visitor stands in
let gone = false;
let run = ''; // the generation that was last heard of
let over = ''; // the one that has ended: a step of it may still be under way when it is cancelled
let elsewhere = false; // the visitor looks at another scene while theirs is painted
let firstStep = null; // when the first step was done: what is left is told from there

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

document.documentElement.lang = props.texts[navigator.language.split('-')[0]] ? navigator.language : 'en';
part('tagline').textContent = say('tagline');
frame.title = say('frame');
part('ring').setAttribute('aria-label', say('progress'));

import('/viewer/host.js').then(({ connect }) => {
  if (gone) return;
  host = connect(frame, {
    loaded: (id) => {
      if (id !== shown || hero.dataset.state !== 'waiting') return;
      hero.dataset.state = 'done';
      hush();
      part('live').textContent = say('here');
    },
    failed: (id, message) => id === shown && settle('idle', message),
    moved: (id) => {
      if (!SCENE_ID.test(id)) return;
      shown = id;
      history.replaceState(history.state, '', `?scene=${id}`);
      tell('ldm3d-shown', id);
    },
  });
  if (shown) host.load(shown);
});
arrive();

// Nobody should have to wait for a first picture: the link's scene, else the newest.
async function arrive() {
  const asked = new URLSearchParams(location.search).get('scene');
  if (SCENE_ID.test(asked ?? '')) return show(asked);
  const answer = await fetch('/api/scenes?limit=1').catch(() => null);
  const { scenes } = answer?.ok ? await answer.json() : { scenes: [] };
  if (scenes.length && !shown && !run) show(scenes[0].id);
}

function update() {
  const value = props.value ?? {};
  if (value.run && value.run === over) return;
  // To Gradio a generation that was stopped has failed as well, and it says so without knowing which.
  if (value.state === 'error' && !value.run && !value.stopped && run && run === over) return;
  if (value.run && value.run !== run) [run, elsewhere, firstStep] = [value.run, false, null];
  if (value.state === 'queued') {
    busy(value.position > 1 ? say('queue', value) : say('queue_next'), null);
  } else if (value.state === 'stage') {
    busy(say(value.stage in texts ? value.stage : 'working'), value.stage === 'loading' ? null : 1);
  } else if (value.state === 'step') {
    firstStep ??= { at: performance.now(), step: value.step };
    const each = (performance.now() - firstStep.at) / 1000 / (value.step - firstStep.step || 1);
    const seconds = Math.ceil(each * (value.steps - value.step));
    busy(say('step', value), value.step / value.steps, seconds > 4 ? say('left', { seconds }) : '', say('painting'));
    if (value.preview && !elsewhere) host?.preview(value.preview);
  } else if (value.state === 'done') {
    over = run;
    if (value.delete_token) tell('ldm3d-mine', { id: value.scene, token: value.delete_token });
    history.replaceState(history.state, '', `?scene=${value.scene}`);
    show(value.scene);
    noteUnread(value.scene);
  } else if (value.state === 'error') {
    over = run;
    settle('idle', value.message);
    if (!elsewhere) back();
  }
}

// `done` is from 0 to 1, or null where nobody knows. Steps are not read aloud one by one.
function busy(words, done, left = '', aloud = words) {
  hero.dataset.state = 'busy';
  tell('ldm3d-trouble', '');
  part('telling').hidden = false;
  part('said').textContent = words;
  part('left').textContent = left;
  if (part('live').textContent !== aloud) part('live').textContent = aloud;
  const ring = part('ring');
  ring.classList.toggle('unknown', done === null);
  ring.style.setProperty('--done', done ?? 0.25);
  if (done === null) ring.removeAttribute('aria-valuenow');
  else ring.setAttribute('aria-valuenow', Math.round(100 * done));
}

function hush() {
  part('telling').hidden = true;
  part('live').textContent = '';
}

function settle(state, sentence = '') {
  hero.dataset.state = state;
  hush();
  tell('ldm3d-trouble', sentence);
}

// Back to what was there before a generation that gave nothing.
function back() {
  if (shown) host?.load(shown);
  else frame.contentWindow?.location.replace('/s/none');
}

function show(id) {
  shown = id;
  if (run === over) settle('waiting');
  host?.load(id);
  tell('ldm3d-shown', id);
}

// What of the sentence the model could not follow.
async function noteUnread(id) {
  const answer = await fetch(`/api/scenes/${id}`).catch(() => null);
  const { cut = '', unknown = [] } = answer?.ok ? (await answer.json()).manifest : {};
  const notes = [
    ...(cut.trim() ? [say('cut', { cut: cut.trim() })] : []),
    ...(unknown.length ? [say('unknown', { words: unknown.join(', ') })] : []),
  ];
  if (notes.length && shown === id) tell('ldm3d-trouble', notes.join(' '));
}

const choose = ({ detail }) => {
  if (!SCENE_ID.test(detail)) return;
  elsewhere = run !== over;
  history.replaceState(history.state, '', `?scene=${detail}`);
  show(detail);
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  hero.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'nearest' });
};
const deleted = ({ detail }) => {
  if (detail !== shown) return;
  shown = '';
  history.replaceState(history.state, '', location.pathname);
  back();
};
const ask = () => tell('ldm3d-shown', shown); // the shelf came after its scene
const listeners = { 'ldm3d-show': choose, 'ldm3d-deleted': deleted, 'ldm3d-shelf': ask };
for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);

// Gradio tells nobody when it takes a component away.
const watcher = new MutationObserver(() => {
  if (frame.isConnected) return;
  gone = true;
  watcher.disconnect();
  for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
  host?.dispose();
});
watcher.observe(document.body, { childList: true, subtree: true });

watch('value', update);
update();
