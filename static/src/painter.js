/** How the scene is put on the screen: which look, how deep, for one eye or two. Owns what only some looks need. */

import { MathUtils } from 'three';
import { STRENGTH_DEFAULT, STRENGTH_LEAST } from './depth.js';
import { Eyes } from './eyes.js';
import { FlatMap } from './flatmap.js';
import { FOV_DEFAULT, verticalFov } from './look.js';
import { drawTogether } from './merge.js';
import { drawLines, makeUniforms, measureBy, paintAs, shadeScene } from './shade.js';

/** @typedef {import('./hash.js').Look} Look */
/** @typedef {import('./hash.js').Stereo} Stereo */
/** @typedef {import('./loading.js').LoadedScene} LoadedScene */
/** @typedef {import('./look.js').View} View */
/** @typedef {import('three').PerspectiveCamera} PerspectiveCamera */

const HOUSE_FOV = 40;
const HOUSE_AWAY = 2.6; // in radii of the house: it fills the frame's height, with some air

export class Painter {
  #uniforms = makeUniforms();
  #renderer;
  /** @type {LoadedScene | null} */
  #shown = null;
  /** @type {Look} */
  #look = 'picture';
  /** @type {Stereo} */
  stereo = 'off';
  #eyes = new Eyes();
  /** @type {FlatMap | null} */
  #map = null;
  #scenes = 0;
  #headset = false;
  #noLines = () => {};

  /** @param {import('three').WebGLRenderer} renderer */
  constructor(renderer) {
    this.#renderer = renderer;
    this.strength = STRENGTH_DEFAULT;
  }

  /** @param {LoadedScene | null} scene */
  show(scene) {
    this.#noLines();
    this.#noLines = () => {};
    this.#shown = scene;
    this.#scenes += 1;
    if (!scene) return;
    shadeScene(scene.meshes, this.#uniforms);
    measureBy(this.#uniforms, scene.depth);
    this.#dress();
  }

  get look() {
    return this.#look;
  }

  set look(look) {
    this.#look = look;
    this.#dress();
    if (look === 'flat') return;
    this.#map?.dispose();
    this.#map = null;
  }

  /** Of depth, see depth.js. */
  get strength() {
    return this.#uniforms.strength.value;
  }

  set strength(strength) {
    this.#uniforms.strength.value = Math.max(strength, STRENGTH_LEAST);
  }

  /** Only what works from within and with a headset's own eyes. @param {boolean} headset */
  inHeadset(headset) {
    this.#headset = headset;
    const inside = this.#look === 'depth' || this.#look === 'wireframe' ? this.#look : 'picture';
    const meshes = this.#shown?.meshes ?? [];
    paintAs(this.#uniforms, headset ? inside : this.#look, meshes);
    for (const mesh of meshes) drawTogether(mesh, headset);
  }

  /** Put the camera where the view has it. @param {PerspectiveCamera} camera @param {View} view @param {{ right:
   * number,
   * up: number }} sway metres */
  aim(camera, { pose, fov }, sway) {
    const halved = this.stereo === 'side-by-side' ? camera.aspect / 2 : camera.aspect;
    camera.rotation.set(MathUtils.degToRad(pose.pitch), MathUtils.degToRad(-pose.yaw), 0);
    if (this.#look === 'outside') {
      // Round the place, looking at it; here the field of view says how near.
      const away = (HOUSE_AWAY * (fov / FOV_DEFAULT)) / Math.sqrt(Math.min(1, halved));
      camera.position.set(0, 0, this.#uniforms.houseM.value * away).applyEuler(camera.rotation);
      camera.fov = verticalFov(HOUSE_FOV, halved);
    } else {
      camera.position.set(sway.right, sway.up, 0).applyEuler(camera.rotation);
      camera.position.x += pose.x;
      camera.position.y += pose.y;
      camera.position.z += pose.z;
      camera.fov = verticalFov(fov, halved);
    }
    camera.updateProjectionMatrix();
  }

  /** @param {import('three').Scene} scene @param {PerspectiveCamera} camera @param {View} view @param {string} backdrop
   * what else the flat map depends on */
  paint(scene, camera, view, backdrop) {
    const renderer = this.#renderer;
    camera.updateMatrixWorld();
    if (renderer.xr.isPresenting) renderer.render(scene, camera);
    else if (this.#look === 'flat') {
      this.#map ??= new FlatMap();
      this.#map.paint(renderer, scene, view, camera.aspect, `${this.#scenes} ${this.strength} ${backdrop}`);
    } else if (this.stereo === 'off') renderer.render(scene, camera);
    else {
      const screenM = this.#look === 'outside' ? camera.position.length() : this.#uniforms.meanM.value;
      if (this.stereo === 'anaglyph') this.#eyes.anaglyph(renderer, scene, camera, screenM);
      else this.#eyes.sideBySide(renderer, scene, camera, screenM);
    }
    if (this.stereo !== 'anaglyph') this.#eyes.dispose();
  }

  /** After a lost context. */
  forget() {
    this.#map?.forget();
  }

  dispose() {
    this.show(null);
    this.#eyes.dispose();
    this.#map?.dispose();
    this.#map = null;
  }

  #dress() {
    this.#noLines();
    const lined = this.#look === 'wireframe' && this.#shown;
    this.#noLines = lined ? drawLines(lined.meshes, this.#uniforms) : () => {};
    const meshes = this.#shown?.meshes ?? [];
    paintAs(this.#uniforms, this.#look, meshes);
    for (const mesh of meshes) drawTogether(mesh, this.#headset);
  }
}
