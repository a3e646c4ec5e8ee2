/**
 * <ldm3d-viewer src="…/scene.glb" poster="…/preview.jpg">: a scene to look around in.
 *
 * Attribute `data-state`: empty | loading | ready | error. Events: progress, load, error, pose, xr-start, xr-end, each
 * with a `detail`. docs/viewer.md tells the whole contract.
 */

import { Controls } from './controls.js';
import { download } from './download.js';
import { showFlat } from './flat.js';
import { SceneFault } from './glb.js';
import { disposeScene, parseScene } from './loading.js';
import { samePose } from './look.js';
import { Stage } from './stage.js';
import css from '../viewer.css';
import { enterVR } from './xr.js';

/** @typedef {import('./look.js').Pose} Pose */

const NO_WEBGL = 'This browser cannot draw in three dimensions (WebGL 2 is off), so this is the flat picture.';
const HELP = 'Drag or use the arrow keys to look around, W A S D to lean, plus and minus to zoom, 0 to face forward.';

export class Ldm3dViewer extends HTMLElement {
  static observedAttributes = ['src', 'poster'];

  /** @type {Stage | null} */
  #stage = null;
  /** @type {Controls | null} */
  #controls = null;
  /** @type {ReturnType<typeof showFlat> | null} */
  #flat = null;
  /** @type {AbortController | null} */
  #loading = null;
  /** @type {XRSession | null} */
  #session = null;
  /** @type {import('./look.js').View | null} */
  #told = null;
  #ready = deferred();
  #frame = document.createElement('div');
  #picture = document.createElement('img');
  #bar = document.createElement('div');
  #note = document.createElement('div');
  #words = document.createElement('p');

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet(); // unlike a <style>, this passes `style-src 'self'`
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.#frame.className = 'frame';
    this.#picture.className = 'picture';
    this.#picture.alt = '';
    this.#picture.hidden = true;
    this.#bar.className = 'bar';
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = '×';
    close.setAttribute('aria-label', 'Close');
    close.addEventListener('click', () => this.#say(''));
    this.#words.setAttribute('role', 'status');
    this.#note.className = 'note';
    this.#note.append(this.#words, close);
    this.#note.hidden = true;
    root.append(this.#frame, this.#picture, this.#bar, this.#note);
  }

  connectedCallback() {
    if (!this.hasAttribute('tabindex')) this.tabIndex = 0;
    if (!this.hasAttribute('role')) this.setAttribute('role', 'application');
    if (!this.hasAttribute('aria-roledescription')) this.setAttribute('aria-roledescription', 'panorama');
    if (!this.hasAttribute('aria-label')) this.setAttribute('aria-label', 'Panorama');
    this.setAttribute('aria-description', HELP);
    if (!this.dataset.state) this.dataset.state = 'empty';
    this.#showPoster();
    this.#start();
    if (this.src && !this.#loading && !this.#stage?.hasScene) void this.load(this.src).catch(() => {});
  }

  disconnectedCallback() {
    // A node that is only moved is back within the same task.
    queueMicrotask(() => this.isConnected || this.dispose());
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now) return;
    if (name === 'poster') this.#showPoster();
    else if (now) void this.load(now).catch(() => {});
    else this.#clear();
  }

  get src() {
    return this.getAttribute('src') ?? '';
  }

  set src(url) {
    this.setAttribute('src', url);
  }

  /** A flat picture of the scene, shown while it loads and where there is no WebGL. */
  get poster() {
    return this.getAttribute('poster') ?? '';
  }

  set poster(url) {
    this.setAttribute('poster', url);
  }

  /** Settles with the newest load. */
  get ready() {
    return this.#ready.promise;
  }

  /** @returns {Pose} metres and degrees; a copy */
  get pose() {
    return { ...(this.#controls?.view.pose ?? { x: 0, y: 0, z: 0, yaw: this.#flat?.yaw() ?? 0, pitch: 0 }) };
  }

  /** Takes effect at once; what is left out stays. @param {Partial<Pose>} pose */
  set pose(pose) {
    this.#controls?.jump(pose);
  }

  /** Degrees; the vertical field of view on a wide frame. */
  get fov() {
    return this.#controls?.view.fov ?? 0;
  }

  set fov(degrees) {
    this.#controls?.jump({}, degrees);
  }

  /** Face forward again. */
  recentre() {
    this.#controls?.recentre();
  }

  stats() {
    return this.#stage?.stats ?? { triangles: 0, drawCalls: 0, textures: 0, geometries: 0, frames: 0 };
  }

  /**
   * Show another scene. The one before stays until the new one is whole, and stays if that fails.
   * @param {string} url of a GLB @returns {Promise<void>} rejects with a SceneFault, whose message is for the visitor, or
   * with an AbortError where a later load took over
   */
  async load(url) {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    if (this.#ready.settled) this.#ready = deferred();
    this.dataset.state = 'loading';
    this.#say('');
    this.#progress(0);
    try {
      if (!this.#stage) throw new SceneFault(NO_WEBGL);
      const data = await download(url, loading.signal, ({ loaded, total }) => {
        this.#progress(total ? Math.min(1, loaded / total) : null);
        this.#tell('progress', { loaded, total });
      });
      const scene = await parseScene(data);
      if (loading.signal.aborted || !this.#stage) {
        disposeScene(scene.root);
        throw new DOMException('Another scene was asked for.', 'AbortError');
      }
      this.#stage.show(scene);
      this.#loading = null;
      this.dataset.state = 'ready';
      this.#showPicture('');
      this.#ready.resolve();
      this.#tell('load', { url });
    } catch (error) {
      if (!loading.signal.aborted) {
        const message = error instanceof SceneFault ? error.message : 'The scene cannot be shown.';
        this.#loading = null;
        this.dataset.state = 'error';
        this.#say(message);
        if (this.#stage?.hasScene) this.#showPicture('');
        this.#ready.reject(error);
        this.#tell('error', { message, url });
      }
      throw error;
    }
  }

  /** A sentence in the frame until the next scene or until it is closed; none takes it away. @param {string} text */
  #say(text) {
    this.#note.classList.toggle('low', this.#flat !== null || this.#stage?.hasScene === true);
    this.#note.hidden = text === '';
    this.#words.textContent = text;
  }

  /** Whether a headset shows the scene now. */
  get presenting() {
    return this.#session !== null;
  }

  /** From a click or a key press. Resolves in VR; rejects with a NoVr whose message is for the visitor. */
  async enterVR() {
    if (!this.#stage) throw new SceneFault(NO_WEBGL);
    if (this.#session) return;
    const stage = this.#stage;
    this.#session = await enterVR(stage, this.pose.yaw, () => {
      this.#session = null;
      stage.refit();
      if (this.#controls) stage.look(this.#controls.view);
      stage.invalidate();
      this.#tell('xr-end', {});
    });
    this.#tell('xr-start', {});
  }

  async exitVR() {
    await this.#session?.end();
  }

  /** Give everything back: downloads, listeners, the session, the WebGL context. */
  dispose() {
    this.#loading?.abort();
    this.#loading = null;
    void this.#session?.end().catch(() => {});
    this.#controls?.dispose();
    this.#controls = null;
    this.#flat?.dispose();
    this.#flat = null;
    this.#stage?.dispose();
    this.#stage = null;
    this.dataset.state = 'empty';
  }

  /** A flat picture over the frame until the next scene: how far a generation is. @param {string} url */
  preview(url) {
    this.#showPicture(url);
    this.#picture.classList.add('whole');
  }

  #start() {
    if (this.#stage || this.#flat) return;
    try {
      this.#stage = new Stage(this.#frame, (dtMs) => this.#step(dtMs));
    } catch {
      this.#flat = showFlat(this.#frame, this, this.poster, 0);
      this.#say(NO_WEBGL);
      return;
    }
    this.#controls = new Controls(this.#frame, this, () => this.#stage?.invalidate());
    const { canvas } = this.#stage;
    canvas.addEventListener('webglcontextlost', () => this.#say('The graphics card took a break; the scene comes back.'));
    canvas.addEventListener('webglcontextrestored', () => this.#say(''));
  }

  /** @param {number} dtMs */
  #step(dtMs) {
    const controls = this.#controls;
    const stage = this.#stage;
    if (!controls || !stage) return false;
    const again = controls.step(dtMs);
    stage.look(controls.view);
    const { pose, fov } = controls.view;
    if (!this.#told || this.#told.fov !== fov || !samePose(this.#told.pose, pose)) {
      this.#told = { pose, fov };
      this.#tell('pose', { ...pose, fov });
    }
    return again;
  }

  /** The poster fills the frame, blurred, as long as there is nothing better. */
  #showPoster() {
    if (this.#flat) this.#flat.show(this.poster);
    else if (!this.#stage?.hasScene) this.#showPicture(this.poster);
  }

  /** @param {string} url none takes the picture away */
  #showPicture(url) {
    this.#picture.classList.remove('whole');
    this.#picture.hidden = url === '';
    if (url) this.#picture.src = url;
    else this.#picture.removeAttribute('src');
  }

  #clear() {
    this.#loading?.abort();
    this.#loading = null;
    this.#stage?.show(null);
    this.#say('');
    this.#showPoster();
    this.dataset.state = 'empty';
  }

  /** @param {number | null} fraction null: it moves, but nobody knows how far */
  #progress(fraction) {
    this.#bar.classList.toggle('unknown', fraction === null);
    this.#bar.style.setProperty('--done', String(fraction ?? 1));
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** A promise that is settled from outside and knows whether it is. */
function deferred() {
  /** @type {() => void} */ let resolve = () => {};
  /** @type {(reason: unknown) => void} */ let reject = () => {};
  const promise = /** @type {Promise<void>} */ (new Promise((yes, no) => ((resolve = yes), (reject = no))));
  promise.catch(() => {}); // nobody has to listen
  const state = {
    promise,
    settled: false,
    resolve: () => ((state.settled = true), resolve()),
    reject: (/** @type {unknown} */ reason) => ((state.settled = true), reject(reason)),
  };
  return state;
}
