// What is known of the scene in the frame above: its words, link, files, and for its maker how to delete it.
// Every word from outside is set as text.

const part = (name) => element.querySelector('.' + name);
const TOKENS = 'ldm3d-delete-tokens'; // what this browser may delete; cookies do not live in a Space's frame
const FILES = [
  ['scene.glb', '3D scene (GLB)'],
  ['portable.glb', 'GLB for Blender and Unity'],
  ['rgb.png', 'Picture'],
  ['depth.png', 'Depth'],
  ['manifest.json', 'Recipe'],
];

let shown = '';

document.addEventListener('ldm3d-scene', ({ detail: scene }) => {
  shown = scene?.id ?? '';
  part('made').hidden = !scene;
  if (scene) describe(scene);
});
document.addEventListener('ldm3d-mine', ({ detail: { id, token } }) => remember(id, token));
document.dispatchEvent(new CustomEvent('ldm3d-made'));

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
  say('');
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
  say(done ? 'The link is copied.' : 'Copying did not work here; the link is marked, copy it by hand.');
});

part('delete').addEventListener('click', async ({ target }) => {
  if (target.dataset.sure !== shown) {
    target.dataset.sure = shown;
    target.textContent = 'Delete it for everyone? Click again.';
    return;
  }
  const id = shown;
  const answer = await fetch(`/api/scenes/${id}`, { method: 'DELETE', headers: { 'X-Delete-Token': tokens()[id] } });
  if (!answer.ok && answer.status !== 404) return say((await answer.json()).error);
  remember(id, null);
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

function say(sentence) {
  part('said').textContent = sentence;
}
