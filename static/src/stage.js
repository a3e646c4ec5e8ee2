/**
 * The canvas, its WebGL context and the one scene on it. Draws when asked to, and then once: a panorama that nobody
 * touches costs nothing.
 */

import { Group, NoToneMapping, PerspectiveCamera, Scene, SRGBColorSpace, WebGLRenderer } from 'three';
import { disposeScene, sharpen } from './loading.js';
import { verticalFov } from './look.js';

/** @typedef {import('./loading.js').LoadedScene} LoadedScene */
/** @typedef {import('./look.js').View} View */

const NEAR_M = 0.02; // the head may come close to a wall
const MAX_PIXEL_RATIO = 2; // beyond this a phone draws pixels that no eye sees
const NO_SCENE = 0x15171a;

export class Stage {
  #scene = new Scene();
  #camera = new PerspectiveCamera(70, 1, NEAR_M, 100);
  /** What the headset's own space stands on; at the capture point, facing forward, while there is none. */
  rig = new Group();
  #renderer;
  /** @type {LoadedScene | null} */
  #shown = null;
  #frames = 0;
  #request = 0;
  #lastMs = 0;
  #visible = true;
  #fov = 70;
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
    this.#camera.rotation.order = 'YXZ';
    this.rig.add(this.#camera);
    this.#scene.add(this.rig);
    frame.prepend(canvas);
    canvas.addEventListener('webglcontextrestored', this.invalidate);
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

  /** Replace what is shown; what was there is freed. @param {LoadedScene | null} next */
  show(next) {
    const old = this.#shown;
    if (old) {
      this.#scene.remove(old.root);
      disposeScene(old.root);
    }
    this.#shown = next;
    if (next) {
      sharpen(next.root, Math.min(8, this.#renderer.capabilities.getMaxAnisotropy()));
      this.#scene.add(next.root);
      this.#camera.far = next.farM * 1.1 + 1;
      this.#camera.updateProjectionMatrix();
    }
    this.invalidate();
  }

  get hasScene() {
    return this.#shown !== null;
  }

  /** @param {View} view */
  look({ pose, fov }) {
    this.#fov = fov;
    if (this.#renderer.xr.isPresenting) return; // the headset moves the camera then
    this.#camera.position.set(pose.x, pose.y, pose.z);
    this.#camera.rotation.set((pose.pitch * Math.PI) / 180, (-pose.yaw * Math.PI) / 180, 0);
    this.#camera.fov = verticalFov(fov, this.#camera.aspect);
    this.#camera.updateProjectionMatrix();
  }

  /** Draw one frame soon. */
  invalidate = () => {
    if (this.#request || !this.#visible || this.#renderer.xr.isPresenting) return;
    this.#request = requestAnimationFrame((nowMs) => {
      this.#request = 0;
      if (this.#renderer.xr.isPresenting) return;
      // After a rest the last frame is long ago: then a movement starts with a small step instead of a jump.
      const again = this.#step(Math.min(nowMs - this.#lastMs, 50));
      this.#lastMs = nowMs;
      this.draw();
      if (again) this.invalidate();
    });
  };

  /** Draw now; a headset's session calls this for each of its frames. */
  draw() {
    this.#renderer.render(this.#scene, this.#camera);
    this.#frames += 1;
  }

  dispose() {
    this.#watchers();
    cancelAnimationFrame(this.#request);
    this.#visible = false;
    this.canvas.removeEventListener('webglcontextrestored', this.invalidate);
    this.show(null);
    this.#renderer.dispose();
    // A browser grants a page few contexts and frees one only when it collects garbage; do not wait for that.
    this.#renderer.forceContextLoss();
    this.canvas.remove();
  }

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
    this.#camera.fov = verticalFov(this.#fov, this.#camera.aspect);
    this.#camera.updateProjectionMatrix();
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
