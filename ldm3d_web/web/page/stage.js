// The frame with the scene, and how far a new one is. Runs inside Gradio's HTML component, which gives `element`, `props` and `watch`;
// the markup is constant (a template would run a prompt as code), so every word from outside is set as text.

const part = (name) => element.querySelector('.' + name);
const hero = part('hero');
const frame = element.querySelector('iframe');
const SCENE_ID = /^[A-Za-z0-9_-]{16}$/;
const STAGES = {
  loading: 'Loading the model …',
  decoding: 'Decoding the picture …',
  meshing: 'Building the scene …',
  saving: 'Keeping the scene …',
};

let host = null; // the frame's door, once its script is here
let shown = ''; // the scene the visitor has before them
let gone = false;
let known = null; // what the server says of it
let run = ''; // the generation that was last heard of
let over = ''; // the one that has ended: a step of it may still be under way when it is cancelled

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

import('/viewer/host.js').then(({ connect }) => {
  if (gone) return;
  host = connect(frame, {
    loaded: () => hero.dataset.state === 'waiting' && settle('done'),
    failed: (id, message) => id === shown && trouble(message),
  });
  if (shown) host.load(shown);
});

function update() {
  const value = props.value ?? {};
  if (value.run && value.run === over) return;
  run = value.run ?? run;
  if (value.state === 'done' || value.state === 'error') over = run;
  if (value.state === 'idle') {
    const asked = new URLSearchParams(location.search).get('scene');
    const first = SCENE_ID.test(asked ?? '') ? asked : value.scene;
    if (first && !shown) show(first);
  } else if (value.state === 'queued') {
    busy(value.position > 1 ? `Waiting: number ${value.position} in the queue` : 'Next in the queue …', 0, 1);
  } else if (value.state === 'stage') {
    busy(STAGES[value.stage] ?? 'Working …', 1, 1);
  } else if (value.state === 'step') {
    busy(`Step ${value.step} of ${value.steps}`, value.step, value.steps);
    if (value.preview) host?.preview(value.preview);
  } else if (value.state === 'done') {
    if (value.delete_token) tell('ldm3d-mine', { id: value.scene, token: value.delete_token });
    history.replaceState(history.state, '', `?scene=${value.scene}`);
    show(value.scene);
  } else if (value.state === 'error') {
    settle('idle');
    restore();
    trouble(value.message);
  }
}

function busy(words, done, of) {
  hero.dataset.state = 'busy';
  trouble('');
  told(null);
  part('telling').hidden = false;
  part('said').textContent = words;
  const bar = part('bar');
  bar.setAttribute('aria-valuemax', of);
  bar.setAttribute('aria-valuenow', done);
  bar.firstElementChild.style.width = `${(100 * done) / of}%`;
}

function settle(state) {
  hero.dataset.state = state;
  part('telling').hidden = true;
}

function trouble(sentence) {
  part('trouble').textContent = sentence;
  part('trouble').hidden = !sentence;
}

// Back to what was there before a generation that gave nothing.
function restore() {
  if (shown) show(shown);
  else frame.contentWindow?.location.replace('/s/none');
}

async function show(id) {
  shown = id;
  settle('waiting');
  trouble('');
  host?.load(id);
  const answer = await fetch(`/api/scenes/${id}`);
  const scene = await answer.json();
  if (shown !== id) return;
  if (!answer.ok) {
    shown = '';
    settle('idle');
    history.replaceState(history.state, '', location.pathname);
    return trouble(scene.error);
  }
  told(scene);
}

// What the panel below shows.
function told(scene) {
  known = scene;
  tell('ldm3d-scene', scene);
}

const choose = ({ detail }) => {
  if (hero.dataset.state === 'busy' || !SCENE_ID.test(detail)) return;
  history.replaceState(history.state, '', `?scene=${detail}`);
  show(detail);
  hero.scrollIntoView({ behavior: 'smooth', block: 'nearest' });
};
const again = () => tell('ldm3d-scene', known); // the panel came after its scene
const deleted = () => {
  shown = '';
  told(null);
  history.replaceState(history.state, '', location.pathname);
  restore();
};
document.addEventListener('ldm3d-show', choose);
document.addEventListener('ldm3d-made', again);
document.addEventListener('ldm3d-deleted', deleted);

// Gradio tells nobody when it takes a component away.
const watcher = new MutationObserver(() => {
  if (frame.isConnected) return;
  gone = true;
  watcher.disconnect();
  document.removeEventListener('ldm3d-show', choose);
  document.removeEventListener('ldm3d-made', again);
  document.removeEventListener('ldm3d-deleted', deleted);
  host?.dispose();
});
watcher.observe(document.body, { childList: true, subtree: true });

watch('value', update);
update();
