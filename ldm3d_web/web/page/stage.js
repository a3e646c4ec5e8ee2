// The scene and what is known of it. Runs inside Gradio's HTML component, which gives `element`, `props` and `watch`;
// the markup is constant (a template would run a prompt as code), so every word from outside is set as text.

const part = (name) => element.querySelector('.' + name);
const hero = part('hero');
const frame = element.querySelector('iframe');
const SCENE_ID = /^[A-Za-z0-9_-]{16}$/;
const TOKENS = 'ldm3d-delete-tokens'; // what this browser may delete; cookies do not live in a Space's frame
const FILES = [
  ['scene.glb', '3D scene (GLB)'],
  ['portable.glb', 'GLB for Blender and Unity'],
  ['rgb.png', 'Picture'],
  ['depth.png', 'Depth'],
  ['manifest.json', 'Recipe'],
];
const STAGES = {
  loading: 'Loading the model …',
  decoding: 'Decoding the picture …',
  meshing: 'Building the scene …',
  saving: 'Keeping the scene …',
};

let host = null; // the frame's door, once its script is here
let shown = ''; // the scene the visitor has before them
let gone = false;

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
    if (value.delete_token) remember(value.scene, value.delete_token);
    history.replaceState(history.state, '', `?scene=${value.scene}`);
    show(value.scene);
  } else if (value.state === 'error') {
    settle('idle');
    trouble(value.message);
    restore();
  }
}

function busy(words, done, of) {
  hero.dataset.state = 'busy';
  trouble('');
  part('made').hidden = true;
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
  describe(scene);
}

function describe({ id, manifest, files, url }) {
  const model = manifest.model?.name;
  part('prompt').textContent = manifest.prompt || manifest.title;
  part('facts').textContent = [
    model && `Painted by ${model}`,
    manifest.seed !== undefined && `seed ${manifest.seed}`,
    manifest.steps && `${manifest.steps} steps`,
    manifest.guidance !== undefined && `guidance ${manifest.guidance}`,
    manifest.depth_note,
  ]
    .filter(Boolean)
    .join(' · ');
  part('cut').hidden = !manifest.cut;
  part('cut').querySelector('q').textContent = manifest.cut ?? '';
  part('url').value = url;
  part('open').href = `/s/${id}`;
  part('copied').textContent = '';
  const links = FILES.filter(([name]) => files[name]).map(([name, words]) => {
    const link = document.createElement('a');
    link.href = `/scenes/${id}/${name}`;
    link.download = `${id}-${name}`;
    link.textContent = words;
    const bytes = manifest.files?.[name];
    if (bytes) {
      const size = document.createElement('small');
      size.textContent = bytes < 1e6 ? ` ${Math.ceil(bytes / 1e3)} kB` : ` ${(bytes / 1e6).toFixed(1)} MB`;
      link.append(size);
    }
    return link;
  });
  part('files').replaceChildren(...links);
  part('qr').querySelector('img').src = `/api/scenes/${id}/qr.svg`;
  const alone = /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname);
  part('qr').querySelector('figcaption').textContent = alone
    ? 'For your phone or headset, once this server listens on an address they can reach.'
    : 'Scan with your phone, or open the link in your headset.';
  part('delete').hidden = !tokens()[id];
  part('delete').textContent = 'Delete this scene';
  part('made').hidden = false;
}

part('copy').addEventListener('click', async () => {
  const text = part('url');
  text.select();
  let done = false;
  try {
    await navigator.clipboard.writeText(text.value);
    done = true;
  } catch {
    // Frames of other sites and plain http have no clipboard; the old way may still work there.
    done = document.execCommand('copy');
  }
  part('copied').textContent = done ? 'The link is copied.' : 'Copying did not work here; the link is marked, copy it by hand.';
});

part('delete').addEventListener('click', async ({ target }) => {
  if (target.dataset.sure !== shown) {
    target.dataset.sure = shown;
    target.textContent = 'Delete it for everyone? Click again.';
    return;
  }
  const id = shown;
  const answer = await fetch(`/api/scenes/${id}`, { method: 'DELETE', headers: { 'X-Delete-Token': tokens()[id] } });
  if (!answer.ok && answer.status !== 404) return trouble((await answer.json()).error);
  remember(id, null);
  shown = '';
  part('made').hidden = true;
  history.replaceState(history.state, '', location.pathname);
  restore();
  document.dispatchEvent(new CustomEvent('ldm3d-deleted', { detail: id }));
});

function tokens() {
  try {
    return JSON.parse(localStorage.getItem(TOKENS)) ?? {};
  } catch {
    return {}; // no storage in this browser: then nothing can be deleted from here
  }
}

function remember(id, token) {
  const kept = tokens();
  if (token) kept[id] = token;
  else delete kept[id];
  try {
    localStorage.setItem(TOKENS, JSON.stringify(kept));
  } catch {
    // as above
  }
}

const choose = ({ detail }) => {
  if (hero.dataset.state === 'busy' || !SCENE_ID.test(detail)) return;
  history.replaceState(history.state, '', `?scene=${detail}`);
  show(detail);
  hero.scrollIntoView({ behavior: 'smooth', block: 'nearest' });
};
document.addEventListener('ldm3d-show', choose);

// Gradio tells nobody when it takes a component away.
const watcher = new MutationObserver(() => {
  if (frame.isConnected) return;
  gone = true;
  watcher.disconnect();
  document.removeEventListener('ldm3d-show', choose);
  host?.dispose();
});
watcher.observe(document.body, { childList: true, subtree: true });

watch('value', update);
update();
