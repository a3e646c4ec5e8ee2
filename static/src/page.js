/** The page /s/{id}: what the buttons round the viewer do. The bundle viewer.js defines the viewer itself. */

import { decodeView, encodeView } from './hash.js';
import { listenToParent } from './embed.js';
import { HOME } from './look.js';
import { copy, share } from './share.js';
import { swapTo } from './swap.js';

/** @typedef {import('./element.js').Ldm3dViewer} Viewer */

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const viewer = /** @type {Viewer} */ (/** @type {unknown} */ (element('viewer')));
const embedded = window.parent !== window;
document.documentElement.classList.toggle('embedded', embedded);

await customElements.whenDefined('ldm3d-viewer');
keepViewInLink();
wireButtons();
viewer.addEventListener('load', () => say('The scene is here.', true));
if (embedded) listenToParent(viewer, { show, current: () => document.body.dataset.scene ?? '' });
else keysWithoutFocus();

/** Another scene on the same page and in the same WebGL context. @param {string} id @returns {Promise<void>} */
async function show(id) {
  await viewer.load(`/scenes/${id}/scene.glb`);
  viewer.pose = HOME;
  await swapTo(id);
  document.body.dataset.scene = id;
  viewer.poster = `/scenes/${id}/preview.jpg`;
  for (const link of ['open', 'vr-open']) element(link).setAttribute('href', `/s/${id}`);
  history.replaceState(null, '', `/s/${id}`);
}

/** Nobody clicks a picture first in order to look around in it: keys that no other element has go to the viewer. */
function keysWithoutFocus() {
  for (const type of ['keydown', 'keyup']) {
    document.addEventListener(type, (event) => {
      if (event.target === document.body) viewer.dispatchEvent(new KeyboardEvent(type, /** @type {any} */ (event)));
    });
  }
}

/** What happened, for a while. @param {string} text @param {boolean} [quiet] for screen readers only */
function say(text, quiet = false) {
  const place = element('said');
  place.classList.toggle('quiet', quiet);
  place.textContent = text;
  setTimeout(() => {
    if (place.textContent === text) place.textContent = '';
  }, 4000);
}

/** The link to what is seen now. */
function linkHere() {
  const { pose, fov } = viewer;
  const link = new URL(location.href);
  link.hash = encodeView({ pose, fov });
  return link.href;
}

function keepViewInLink() {
  const follow = () => {
    const view = decodeView(location.hash);
    if (view) [viewer.pose, viewer.fov] = [view.pose, view.fov];
  };
  follow();
  addEventListener('hashchange', follow);
  let timer = 0;
  viewer.addEventListener('pose', () => {
    // Browsers refuse more than a hundred changes in half a minute; a link is needed when the movement rests.
    clearTimeout(timer);
    timer = window.setTimeout(() => history.replaceState(null, '', linkHere()), 300);
  });
}

function wireButtons() {
  const on = (/** @type {string} */ id, /** @type {() => void} */ action) =>
    element(id).addEventListener('click', action);
  const give = async (/** @type {(link: string) => Promise<string>} */ how) => {
    const link = linkHere();
    const result = await how(link);
    if (result) return say(result);
    const text = /** @type {HTMLInputElement} */ (element('link-text'));
    text.value = link;
    element('link').showPopover();
    text.select();
  };
  on('share', () => void give((link) => share(link, document.title)));
  on('vr-copy', () => void give(copy));
  on('vr', () => void vr());
  viewer.addEventListener('xr-start', () => presenting(true));
  viewer.addEventListener('xr-end', () => presenting(false));
  const full = element('fullscreen');
  full.hidden = !document.fullscreenEnabled;
  on('fullscreen', () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => say('Full screen is not allowed here.'));
  });
}

async function vr() {
  if (viewer.presenting) return viewer.exitVR();
  try {
    await viewer.enterVR();
  } catch (error) {
    const blocked = error instanceof Error && 'reason' in error && error.reason === 'blocked';
    // The frame around forbids it, the page alone does not. A pop-up blocker may mind; the card has the link as well.
    if (blocked) window.open(element('open').getAttribute('href') ?? '/', '_blank', 'noopener');
    element('vr-why').textContent = error instanceof Error ? error.message : String(error);
    element('vr-help').showPopover();
  }
}

/** @param {boolean} now */
function presenting(now) {
  document.documentElement.classList.toggle('presenting', now);
  const label = element('vr').querySelector('span');
  if (label) label.textContent = now ? 'Leave VR' : 'VR';
  say(now ? 'The scene is in the headset.' : 'Back on the page.');
}
