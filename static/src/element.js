/**
 * <ldm3d-viewer src="…/scene.glb" poster="…/preview.jpg">: a scene to look around in.
 *
 * Attribute `data-state`: empty | loading | ready | error. Events: progress, load, error, pose, look, xr-start,
 * xr-end …, each with a `detail`. docs/viewer.md tells the whole contract.
 */

import { Controls } from './controls.js';
import { showFlat } from './flat.js';
import { SceneFault } from './glb.js';
import { restore } from './lighten.js';
import { Loads } from './loads.js';
import { HOME, samePose } from './look.js';
import { Picture } from './picture.js';
import { pictureOf } from './screenshot.js';
import { Stage } from './stage.js';
import { mayTilt } from './tilting.js';
import { Unasked } from './unasked.js';
import { Viewing } from './viewing.js';
import { Visiting } from './visiting.js';
import { Voice } from './voice.js';
import css from '../styles/viewer.css';

/** @typedef {import('./look.js').Pose} Pose */
/** @typedef {import('./hash.js').Look} Look */
/** @typedef {import('./hash.js').Stereo} Stereo */
/** @typedef {import('./hash.js').WholeView} WholeView */
/** @typedef {import('./loading.js').LoadedScene} LoadedScene */

export class Ldm3dViewer extends HTMLElement {
  static observedAttributes = ['src', 'poster', 'lang', 'controls'];

  /** @type {Stage | null} */
  #stage = null;
  /** @type {Controls | null} */
  #controls = null;
  /** @type {ReturnType<typeof showFlat> | null} */
  #flat = null;
  /** @type {import('./look.js').View | null} */
  #told = null;
  #frame = document.createElement('div');
  #unasked = new Unasked(() => this.#stage?.invalidate());
  #picture = new Picture(() => this.#stage);
  #loads = new Loads();
  #voice = new Voice(this, {
    wants: (button) => this.#wants(button),
    headset: () => this.#visiting.headset,
    seen: () => this.#flat !== null || this.#stage?.hasScene === true,
  });
  #viewing = new Viewing(
    () => (this.#stage && this.#controls ? { stage: this.#stage, controls: this.#controls } : null),
    () => this.#voice.texts,
    (words) => this.#changed(words),
  );
  #visiting = new Visiting({
    strength: (strength) => (this.depthStrength = strength),
    tell: (type, detail) => this.#tell(type, detail),
    begins: () => this.#settle(),
    presents: (now) => this.#presents(now),
  });

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet(); // unlike a <style>, this passes `style-src 'self'`
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.#frame.className = 'frame';
    root.append(this.#frame, this.#picture.box);
  }

  connectedCallback() {
    if (!this.dataset.state) this.dataset.state = 'empty';
    this.#start();
    if (this.#stage?.hasScene !== true) this.#showPoster();
    if (this.src && !this.#loads.busy && !this.#stage?.hasScene) void this.load(this.src).catch(() => {});
  }

  disconnectedCallback() {
    // A node that is only moved is back within the same task.
    queueMicrotask(() => this.isConnected || this.dispose());
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now) return;
    if (name === 'lang' || name === 'controls') this.#speak();
    else if (name === 'poster') this.#showPoster();
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
    return this.#loads.ready;
  }

  /** @returns {Pose} metres and degrees; a copy */
  get pose() {
    return { ...(this.#controls?.view.pose ?? { ...HOME, yaw: this.#flat?.yaw() ?? 0 }) };
  }

  /** Takes effect at once; what is left out stays. @param {Partial<Pose>} pose */
  set pose(pose) {
    const before = this.pose;
    this.#controls?.jump(pose);
    if (!samePose(before, this.pose)) this.#unasked.stop();
  }

  /** Degrees; the vertical field of view on a wide frame. */
  get fov() {
    return this.#controls?.view.fov ?? 0;
  }

  set fov(degrees) {
    this.#unasked.stop();
    this.#controls?.jump({}, degrees);
  }

  /** One of LOOKS. @returns {Look} */
  get look() {
    return this.#viewing.look;
  }

  set look(look) {
    this.#viewing.look = look;
  }

  /** One of STEREOS: two eyes without a headset. @returns {Stereo} */
  get stereo() {
    return this.#viewing.stereo;
  }

  set stereo(stereo) {
    this.#viewing.stereo = stereo;
  }

  /** 0 flat, 1 as it is, up to 1.5. */
  get depthStrength() {
    return this.#viewing.strength;
  }

  set depthStrength(strength) {
    this.#viewing.strength = strength;
  }

  /** All that a link carries. @returns {WholeView} */
  get view() {
    const { pose, fov, look, stereo, depthStrength } = this;
    return { pose, fov, look, stereo, depthStrength };
  }

  /** At once; what is left out stays. @param {Partial<WholeView>} view */
  set view({ pose, fov, look, stereo, depthStrength }) {
    if (look !== undefined) this.look = look;
    if (stereo !== undefined) this.stereo = stereo;
    if (depthStrength !== undefined) this.depthStrength = depthStrength;
    if (pose !== undefined) this.pose = pose;
    if (fov !== undefined) this.fov = fov;
  }

  /** Face forward again. */
  recentre() {
    this.#unasked.stop();
    this.#viewing.recentre();
    this.#voice.announce(this.#voice.texts.recentred);
  }

  /** Whether the device's tilt turns the view. */
  get tilting() {
    return this.#controls?.tilting ?? false;
  }

  /** From a tap, since iOS asks its owner first. @param {boolean} wanted */
  async tilt(wanted) {
    await this.#controls?.tilt(wanted, () => {
      this.#voice.say(this.#voice.texts['tilt.none']);
      this.#refresh();
    });
    this.#refresh();
  }

  /** What is seen now. @returns {Promise<Blob>} a PNG */
  async screenshot() {
    if (!this.#stage) throw new SceneFault('webgl').translate(this.#voice.texts);
    return pictureOf(this.#stage);
  }

  /** Open the card with all hands and keys, or close it. */
  help() {
    this.#voice.help();
  }

  /** @returns {{ triangles: number, drawCalls: number, textures: number, geometries: number, frames: number, tier:
   * number }} of
   * the last frame; what lives on the GPU; frames since the start; how far a headset's quality has stepped down */
  stats() {
    const tier = this.#visiting.headset?.tier ?? 0;
    if (this.#stage) return { ...this.#stage.stats, tier };
    return { triangles: 0, drawCalls: 0, textures: 0, geometries: 0, frames: 0, tier };
  }

  /**
   * Show another scene. The one before stays until the new one is whole, and stays if that fails.
   * @param {string} url of a GLB @returns {Promise<void>} rejects with a SceneFault, whose message is for the
   * visitor, or
   * with an AbortError where a later load took over
   */
  async load(url) {
    const load = this.#loads.begin();
    this.dataset.state = 'loading';
    this.#voice.say('');
    this.#voice.progress(0, null);
    const steps = {
      progress: (/** @type {import('./download.js').Progress} */ progress) => this.#progress(progress),
      fit: (/** @type {LoadedScene} */ scene) => this.#visiting.headset?.fit(scene),
      show: (/** @type {LoadedScene} */ scene) => this.#shown(scene),
    };
    await this.#loads.run(url, load, this.#stage && steps, (fault) => this.#failed(fault, url));
    this.#tell('load', { url });
  }

  /** Whether a headset shows the scene now. */
  get presenting() {
    return this.#visiting.headset !== null;
  }

  /** Which scenes the headset's panel offers; asked for by the events xr-previous and xr-next. */
  get neighbours() {
    return this.#visiting.neighbours;
  }

  set neighbours(neighbours) {
    this.#visiting.neighbours = neighbours;
  }

  /** From a click or a key press. Resolves in VR; rejects with a NoVr whose message is for the visitor. */
  async enterVR() {
    this.#unasked.stop();
    const start = () => ({ yaw: this.pose.yaw, strength: this.depthStrength });
    await this.#visiting.enter(() => this.#stage, start, this.#voice.texts);
  }

  async exitVR() {
    await this.#visiting.end();
  }

  /** Give everything back: downloads, listeners, the session, the WebGL context. */
  dispose() {
    this.#loads.abort();
    this.#unasked.stop();
    void this.#visiting.end();
    this.#picture.hide();
    this.#voice.dispose();
    this.#controls?.dispose();
    this.#controls = null;
    this.#flat?.dispose();
    this.#flat = null;
    this.#stage?.dispose();
    this.#stage = null;
    this.dataset.state = 'empty';
  }

  /** A flat picture all round until the next scene: how far a generation is. None takes it away. @param {string} url */
  preview(url) {
    this.#unasked.stop();
    if (this.#flat) this.#flat.show(url || this.poster);
    else void this.#picture.show(url, { whole: true, atOnce: this.#controls?.calm });
  }

  #start() {
    if (this.#stage || this.#flat) return;
    try {
      this.#stage = new Stage(this.#frame, (dtMs) => this.#step(dtMs));
    } catch {
      this.#picture.hide(); // a poster that was there before the element was
      this.#flat = showFlat(this.#frame, this, this.poster, 0);
      this.#speak();
      this.#voice.say(new SceneFault('webgl').translate(this.#voice.texts).message);
      return;
    }
    this.#controls = new Controls(this.#frame, this, () => this.#stage?.invalidate(), () => this.#unasked.stop(), {
      l: () => this.#viewing.next(),
      '[': () => (this.depthStrength -= 0.1),
      ']': () => (this.depthStrength += 0.1),
      '?': () => this.help(),
    });
    this.#speak();
    const { canvas } = this.#stage;
    canvas.addEventListener('webglcontextlost', () => this.#voice.say(this.#voice.texts['context.lost']));
    canvas.addEventListener('webglcontextrestored', () => {
      this.#voice.say('');
      this.#voice.announce(this.#voice.texts['context.back']);
    });
  }

  #speak() {
    this.#voice.speak(this.shadowRoot);
    this.#refresh();
  }

  /** The attribute `controls` names the buttons, or none; what cannot work here is left out. @param {string} button */
  #wants(button) {
    const named = this.getAttribute('controls')?.split(/\s+/).filter(Boolean);
    if (named && !named.includes(button)) return false;
    if (button === 'fullscreen') return document.fullscreenEnabled;
    if (button === 'tilt') return !this.#flat && mayTilt();
    return button === 'help' || !this.#flat;
  }

  /** @param {import('./loading.js').LoadedScene} scene */
  #shown(scene) {
    this.#picture.hide();
    if (!this.presenting) restore(scene.pictures); // the session ended while they were made smaller for it
    this.#stage?.show(scene);
    this.#visiting.headset?.tell({ scene: true, status: '' });
    this.dataset.state = 'ready';
    if (!this.#controls?.calm && !this.presenting) this.#unasked.begin();
    this.#refresh();
    this.#voice.announce(this.#voice.texts.ready);
  }

  /** @param {SceneFault} fault @param {string} url */
  #failed(fault, url) {
    const { message } = fault.translate(this.#voice.texts);
    this.dataset.state = 'error';
    if (this.#stage?.hasScene) this.#picture.hide();
    this.#voice.say(message);
    this.#tell('error', { message, url });
  }

  /** @param {import('./download.js').Progress} progress */
  #progress({ loaded, total }) {
    this.#voice.progress(loaded, total);
    this.#tell('progress', { loaded, total });
  }

  /** @param {boolean} now in a headset */
  #presents(now) {
    if (!now) {
      this.#stage?.refit();
      this.#settle();
    }
    this.#refresh();
    this.#voice.announce(this.#voice.texts[now ? 'vr.on' : 'vr.off']);
  }

  /** Where nothing steps between frames: the strength and the view as they shall be. */
  #settle() {
    if (!this.#stage || !this.#controls) return;
    this.#stage.painter.strength = this.depthStrength;
    this.#stage.look(this.#controls.view);
  }

  /** @param {number} dtMs */
  #step(dtMs) {
    const controls = this.#controls;
    const stage = this.#stage;
    if (!controls || !stage) return false;
    const moves = controls.step(dtMs);
    const { share, sway, again } = this.#unasked.step(dtMs);
    stage.painter.strength = this.depthStrength * share;
    stage.look(controls.view, sway);
    const { pose, fov } = controls.view;
    if (!this.#told || this.#told.fov !== fov || !samePose(this.#told.pose, pose)) {
      this.#told = { pose, fov };
      this.#tell('pose', { ...pose, fov });
    }
    return moves || again;
  }

  /** How the scene is shown has changed. @param {string} [words] for those who listen */
  #changed(words = '') {
    const { look, stereo, depthStrength } = this;
    const { headset } = this.#visiting;
    headset?.tell({ strength: depthStrength });
    if (headset) this.#settle();
    this.#refresh();
    if (words) this.#voice.announce(words);
    this.#tell('look', { look, stereo, depthStrength });
  }

  #refresh() {
    const { look, stereo, depthStrength, presenting, tilting } = this;
    const depth = this.#stage?.shown?.depth;
    this.#voice.show({ look, stereo, depthStrength, depth, presenting, tilting });
    this.#stage?.invalidate();
  }

  /** The poster is shown as long as there is nothing better. */
  #showPoster() {
    if (this.#flat) this.#flat.show(this.poster);
    else if (!this.#stage?.hasScene) void this.#picture.show(this.poster, { atOnce: true });
  }

  #clear() {
    this.#loads.abort();
    this.#stage?.show(null);
    this.#voice.say('');
    this.#showPoster();
    this.dataset.state = 'empty';
    this.#refresh();
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
