/** The page /s/{id}: what the buttons round the viewer do. The bundle viewer.js defines the viewer itself. */

import { decodeView, encodeView } from './hash.js';
import { listenToParent } from './embed.js';
import { HOME } from './look.js';
import { copy, share } from './share.js';
import { swapTo } from './swap.js';
import { walkInHeadset } from './walk.js';

/** @typedef {import('./element.js').Ldm3dViewer} Viewer */

const ALLOW = 'xr-spatial-tracking; fullscreen; gyroscope; accelerometer; magnetometer';

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const viewer = /** @type {Viewer} */ (/** @type {unknown} */ (element('viewer')));
const texts = /** @type {Record<string, string>} */ (JSON.parse(document.body.dataset.texts ?? '{}'));
const current = () => document.body.dataset.scene ?? '';
const embedded = window.parent !== window;
const style = document.documentElement.classList;
style.toggle('embedded', embedded);
style.toggle('hosted', embedded && sameOrigin());

wireButtons();
await customElements.whenDefined('ldm3d-viewer');
keepViewInLink();
// The first look is under the scene now: a blurred picture that nobody sees would still be blended into each frame.
const uncover = () => document.querySelector('.first')?.setAttribute('hidden', '');
viewer.addEventListener('load', uncover);
if (viewer.dataset.state === 'ready') uncover();
const flatIfNeeded = () => canDraw() || showFlat(current());
viewer.addEventListener('error', flatIfNeeded);
if (viewer.dataset.state === 'error') flatIfNeeded(); // it was told before this script listened
if (embedded) {
  viewer.removeAttribute('controls'); // all of them: in a frame the page's own row has no way into the headset
  const { moved } = listenToParent(viewer, { show, current, painting: (now) => style.toggle('painting', now) });
  walkInHeadset(viewer, { current, show: (id) => show(id).then(() => moved(id)) });
} else {
  keysWithoutFocus();
  walkInHeadset(viewer, { current, show });
}

/** Another scene on the same page and in the same WebGL context. @param {string} id @returns {Promise<void>} */
async function show(id) {
  try {
    await viewer.load(`/scenes/${id}/scene.glb`);
    viewer.pose = HOME;
  } catch (error) {
    if (canDraw()) throw error;
    showFlat(id);
  }
  await swapTo(id);
  document.body.dataset.scene = id;
  for (const link of ['open', 'vr-open']) element(link).setAttribute('href', `/s/${id}`);
  history.replaceState(null, '', `/s/${id}`);
}

/** Where nothing can be drawn in three dimensions, the viewer shows its poster, flat and turning. @param {string} id */
function showFlat(id) {
  if (id) viewer.poster = `/scenes/${id}/rgb.png`;
}

/** Only asked when a scene failed: the answer costs a WebGL context. */
function canDraw() {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

/** Whether the page around is the app's own. */
function sameOrigin() {
  try {
    return window.parent.location.origin === location.origin;
  } catch {
    return false;
  }
}

/** Nobody clicks a picture first in order to look around in it: keys that no other element has go to the viewer. */
function keysWithoutFocus() {
  for (const type of ['keydown', 'keyup']) {
    document.addEventListener(type, (event) => {
      if (event.target === document.body) viewer.dispatchEvent(new KeyboardEvent(type, /** @type {any} */ (event)));
    });
  }
}

/** What happened, for a while. @param {string} text */
function say(text) {
  const place = element('said');
  place.textContent = text;
  setTimeout(() => {
    if (place.textContent === text) place.textContent = '';
  }, 4000);
}

/** The link to what is seen now. */
function linkHere() {
  const link = new URL(location.href);
  link.hash = encodeView(viewer.view);
  return link.href;
}

function keepViewInLink() {
  const follow = () => {
    const view = decodeView(location.hash);
    if (view) viewer.view = view;
  };
  follow();
  addEventListener('hashchange', follow);
  let timer = 0;
  const write = () => {
    // Browsers refuse more than a hundred changes in half a minute; a link is needed when the movement rests.
    clearTimeout(timer);
    timer = window.setTimeout(() => history.replaceState(null, '', linkHere()), 300);
  };
  for (const type of ['pose', 'look']) viewer.addEventListener(type, write);
}

function wireButtons() {
  const on = (/** @type {string} */ id, /** @type {() => void} */ action) =>
    element(id).addEventListener('click', action);
  const give = async (/** @type {(link: string) => Promise<string>} */ how) => {
    const link = linkHere();
    const result = await how(link);
    if (result) return say(texts[result]);
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

  const code = /** @type {HTMLTextAreaElement} */ (element('embed-text'));
  element('embed').addEventListener('beforetoggle', () => (code.value = frameHere()));
  on('embed-copy', async () => {
    if (await copy(code.value)) say(texts.code_copied);
    else code.select();
  });
}

/** The HTML that puts this view into somebody's page. */
function frameHere() {
  const link = linkHere().replaceAll('&', '&amp;');
  return `<iframe src="${link}" width="960" height="540" title="360° scene" style="border:0" allow="${ALLOW}" allowfullscreen></iframe>`;
}

async function vr() {
  if (viewer.presenting) return viewer.exitVR();
  try {
    await viewer.enterVR();
  } catch (error) {
    element('vr-why').textContent = error instanceof Error ? error.message : String(error);
    /** @type {HTMLImageElement} */ (element('vr-code')).src = `/api/scenes/${current()}/qr.svg`;
    element('vr-help').showPopover();
  }
}

/** @param {boolean} now */
function presenting(now) {
  style.toggle('presenting', now);
  const label = element('vr').querySelector('span');
  if (label) label.textContent = now ? texts.leave_vr : texts.vr;
  say(now ? texts.in_headset : texts.on_page);
}
