/**
 * How much a headset has to draw. Tier 0 is everything; each step down takes pixels first, since nobody counts them at
 * the rim, and triangles at last. A scene beyond the budget begins with fewer triangles and smaller pictures.
 */

import { BufferAttribute, Vector3 } from 'three';
import { coarsen } from './coarse.js';
import { lighten, restore } from './lighten.js';

/** @typedef {import('./loading.js').LoadedScene} LoadedScene */
/** @typedef {import('./merge.js').Painted} Painted */

export const TRIANGLES = 200_000;
const OTHERS = 1_200; // of them: panel, rays, fade
/** foveation: 0 none, 1 most (three's default); a panorama is all texture, so little of it at first. scale: of the
 * picture's width and height, where the browser can change it. mesh: share of the triangles */
const TIERS = [
  { foveation: 0.2, scale: 1, mesh: 1 },
  { foveation: 0.6, scale: 0.85, mesh: 1 },
  { foveation: 1, scale: 0.7, mesh: 1 },
  { foveation: 1, scale: 0.7, mesh: 0.35 },
];

export class Tiers {
  #xr;
  #tier = 0;
  /** @type {LoadedScene | null} */
  #scene = null;
  #over = false;

  /** @param {import('three').WebGLRenderer['xr']} xr */
  constructor(xr) {
    this.#xr = xr;
  }

  get tier() {
    return this.#tier;
  }

  /** @returns {boolean} false where there is no step left */
  down() {
    if (this.#tier === TIERS.length - 1) return false;
    this.#tier += 1;
    this.apply();
    return true;
  }

  /** @param {LoadedScene | null} scene is the one shown from now on */
  show(scene) {
    this.#scene = scene;
    this.apply();
  }

  /** Its pictures fit, unless the session ends before that; best before it is shown. @param {LoadedScene} scene */
  async fit({ pictures }) {
    await lighten(pictures, () => !this.#over);
  }

  apply() {
    const { foveation, mesh } = TIERS[this.#tier];
    this.#xr.setFoveation(foveation);
    const meshes = this.#scene?.meshes ?? [];
    const all = meshes.reduce((sum, each) => sum + triangles(each), 0);
    const share = mesh * Math.min(1, (TRIANGLES - OTHERS) / all);
    for (const each of meshes) thin(each, share);
  }

  /** Before anything of a frame is drawn. @param {XRViewerPose | undefined} pose */
  scaleViews(pose) {
    for (const view of pose?.views ?? []) view.requestViewportScale?.(TIERS[this.#tier].scale);
  }

  /** Everything is as it was. */
  dispose() {
    this.#over = true;
    for (const mesh of this.#scene?.meshes ?? []) thin(mesh, 1);
    restore(this.#scene?.pictures ?? []);
    this.#scene = null;
  }
}

/** Of the whole mesh. @param {Painted} mesh */
function triangles({ geometry }) {
  return Math.floor((geometry.userData.whole ?? geometry.index?.count) / 3);
}

/**
 * Draw a share of the triangles. The shorter list of corners stands behind the whole one in the same buffer, so that
 * going back is free. @param {Painted} mesh @param {number} share
 */
function thin(mesh, share) {
  const { geometry } = mesh;
  const index = /** @type {BufferAttribute} */ (geometry.index);
  const whole = geometry.userData.whole ?? index.count;
  if (share >= 1) {
    if (geometry.userData.whole) geometry.setDrawRange(0, whole);
    return;
  }
  const { position, picture } = geometry.attributes;
  const at = new Vector3();
  const surface = {
    vertices: position.count,
    place: (/** @type {number} */ i) =>
      /** @type {[number, number, number]} */ (at.fromBufferAttribute(position, i).toArray()),
    picture: (/** @type {number} */ i) => (picture ? picture.getX(i) : 0),
  };
  const full = Uint32Array.from({ length: whole }, (_, i) => index.getX(i));
  const coarse = coarsen(surface, full, Math.floor((whole / 3) * share));
  const both = new Uint32Array(whole + coarse.length);
  both.set(full);
  both.set(coarse, whole);
  geometry.dispose(); // the old list of corners leaves the GPU; the rest comes back with the next frame
  geometry.setIndex(new BufferAttribute(both, 1));
  geometry.userData.whole = whole;
  geometry.setDrawRange(whole, coarse.length);
}
