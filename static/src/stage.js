/**
 * The canvas, its WebGL context and the one scene on it. Draws when asked to, and then once: a panorama that nobody
 * touches costs nothing.
 */

import { Group, NoToneMapping, PerspectiveCamera, Scene, SRGBColorSpace, WebGLRenderer } from 'three';
import { Backdrop } from './backdrop.js';
import { FARTHEST } from './depth.js';
import { disposeScene, sharpen } from './loading.js';
import { FOV_DEFAULT, HOME } from './look.js';
import { Painter } from './painter.js';

/** @typedef {import('./loading.js').LoadedScene} LoadedScene */
/** @typedef {import('./look.js').View} View */

const NEAR_M = 0.02; // the head may come close to a wall
const MAX_PIXEL_RATIO = 2; // beyond this a phone draws pixels that no eye sees
const NO_SCENE = 0x15171a;

export class Stage {
  #scene = new Scene();
  #camera = new PerspectiveCamera(FOV_DEFAULT, 1, NEAR_M, 100);
  #backdrop = new Backdrop();
  #pictures = 0;
  /** What the headset's own space stands on; at the capture point, facing forward, while there is none. */
  rig = new Group();
  #renderer;
  /** @type {LoadedScene | null} */
  #shown = null;
  #frames = 0;
  #request = 0;
  #lastMs = 0;
  #visible = true;
  /** @type {View} */
  #view = { pose: HOME, fov: FOV_DEFAULT };
  #sway = { right: 0, up: 0 };
  #frame;
  #watchers;
  /** Called before each frame with the time since the last one; true asks for another frame after it. */
  #step;

  /**
   * @param {HTMLElement} frame is filled by the canvas
   * @param {(dtMs: number) => boolean} step
   * @throws {Error} where there is no WebGL 2
   */
  constructor(frame, step) {
    this.#step = step;
    this.#frame = frame;
    const canvas = document.createElement('canvas');
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: false, powerPreference: 'default' });
    // Colours leave as they came: sRGB picture in, sRGB screen out, nothing in between.
    this.#renderer.toneMapping = NoToneMapping;
    this.#renderer.outputColorSpace = SRGBColorSpace;
    this.#renderer.setClearColor(NO_SCENE);
    this.#renderer.info.autoReset = false; // one frame may take several passes
    this.painter = new Painter(this.#renderer);
    this.#camera.rotation.order = 'YXZ';
    this.rig.add(this.#camera);
    this.#scene.add(this.rig, this.#backdrop.mesh);
    frame.prepend(canvas);
    canvas.addEventListener('webglcontextrestored', this.#restored);
    this.#watchers = watchVisibility(frame, (visible) => this.#setVisible(visible), this.refit);
    this.refit();
  }

  get canvas() {
    return this.#renderer.domElement;
  }

  get renderer() {
    return this.#renderer;
  }

  /** Triangles and draw calls of the last frame, textures alive, frames drawn since the start. */
  get stats() {
    const { render, memory } = this.#renderer.info;
    return {
      triangles: render.triangles,
      drawCalls: render.calls,
      textures: memory.textures,
      geometries: memory.geometries,
      frames: this.#frames,
    };
  }

  /** Replace what is shown, a flat picture as well; what was there is freed. @param {LoadedScene | null} next */
  show(next) {
    const old = this.#shown;
    this.#shown = next;
    this.painter.show(next);
    if (old) {
      this.#scene.remove(old.root);
      disposeScene(old);
    }
    this.#backdrop.hide();
    if (next) {
      sharpen(next, Math.min(8, this.#renderer.capabilities.getMaxAnisotropy()));
      this.#scene.add(next.root);
      this.#camera.far = (next.farM * 1.1 + 1) * FARTHEST;
    }
    this.invalidate();
  }

  /** A flat panorama all round, instead of the scene. @param {HTMLImageElement} image decoded @param {boolean} atOnce
   * */
  showPicture(image, atOnce) {
    this.#backdrop.show(image, atOnce);
    this.#pictures += 1;
    if (this.#shown) this.#shown.root.visible = false;
    this.invalidate();
  }

  /** The scene again. */
  hidePicture() {
    this.#backdrop.hide();
    if (this.#shown) this.#shown.root.visible = true;
    this.invalidate();
  }

  get hasPicture() {
    return this.#backdrop.visible;
  }

  /** What is shown now. */
  get shown() {
    return this.#shown;
  }

  get hasScene() {
    return this.#shown !== null;
  }

  /** What lies in the scene beside the scene itself: a headset's panel. */
  get space() {
    return this.#scene;
  }

  /** @param {View} view @param {{ right: number, up: number }} [sway] */
  look(view, sway = { right: 0, up: 0 }) {
    this.#view = view;
    this.#sway = sway;
    if (this.#renderer.xr.isPresenting) return; // the headset moves the camera then
    this.painter.aim(this.#camera, view, sway);
  }

  /** Draw one frame soon. */
  invalidate = () => {
    if (this.#request || !this.#visible || this.#renderer.xr.isPresenting) return;
    this.#request = requestAnimationFrame((nowMs) => {
      this.#request = 0;
      if (this.#renderer.xr.isPresenting) return;
      // After a rest the last frame is long ago: then a movement starts with a small step instead of a jump.
      const dtMs = Math.min(nowMs - this.#lastMs, 50);
      const again = [this.#step(dtMs), this.#backdrop.step(dtMs)].includes(true);
      this.#lastMs = nowMs;
      this.draw();
      if (again) this.invalidate();
    });
  };

  /** Draw now; a headset's session calls this for each of its frames. */
  draw() {
    this.#renderer.info.reset();
    this.painter.paint(this.#scene, this.#camera, this.#view, `${this.#pictures} ${this.#backdrop.share}`);
    this.#frames += 1;
  }

  dispose() {
    this.#watchers();
    cancelAnimationFrame(this.#request);
    this.#visible = false;
    this.canvas.removeEventListener('webglcontextrestored', this.#restored);
    this.show(null);
    this.painter.dispose();
    this.#backdrop.dispose();
    this.#renderer.dispose();
    // A browser grants a page few contexts and frees one only when it collects garbage; do not wait for that.
    this.#renderer.forceContextLoss();
    this.canvas.remove();
  }

  #restored = () => {
    this.#renderer.setClearColor(NO_SCENE); // three forgets this one
    this.painter.forget();
    this.invalidate();
  };

  /** @param {boolean} visible */
  #setVisible(visible) {
    this.#visible = visible;
    if (visible) this.invalidate();
  }

  /** Fit the frame, when its size changes and after a headset has had the canvas. */
  refit = () => {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    if (width === 0 || height === 0 || this.#renderer.xr.isPresenting) return;
    this.#renderer.setPixelRatio(Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO));
    this.#renderer.setSize(width, height, false); // the style sheet stretches the canvas
    this.#camera.aspect = width / height;
    this.painter.aim(this.#camera, this.#view, this.#sway);
    // Setting a canvas' size empties it: draw in the same task, or a resize flickers.
    if (this.#visible) this.draw();
  };
}

/**
 * @param {HTMLElement} frame @param {(visible: boolean) => void} onVisible @param {() => void} onSize
 * @returns {() => void} stops watching
 */
function watchVisibility(frame, onVisible, onSize) {
  let onScreen = true;
  const tell = () => onVisible(onScreen && document.visibilityState === 'visible');
  const size = new ResizeObserver(onSize);
  const view = new IntersectionObserver(([entry]) => {
    onScreen = entry.isIntersecting;
    tell();
  });
  size.observe(frame);
  view.observe(frame);
  document.addEventListener('visibilitychange', tell);
  return () => {
    size.disconnect();
    view.disconnect();
    document.removeEventListener('visibilitychange', tell);
  };
}
