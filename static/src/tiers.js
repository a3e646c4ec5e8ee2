/**
 * How much a headset has to draw. Tier 0 is everything; each step down takes pixels first, since nobody counts them at
 * the rim, and triangles at last. A scene beyond the budget begins with fewer triangles.
 */

import { BufferAttribute, MathUtils, Vector3 } from 'three';
import { coarsen } from './coarse.js';

/** @typedef {import('three').Mesh} Mesh */
/** @typedef {import('./loading.js').LoadedScene} LoadedScene */

export const TRIANGLES = 200_000;
/** foveation: 0 none, 1 most (three's default); a panorama is all texture, so little of it at first. scale: of the
 * picture's
 * width and height, where the browser can change it. mesh: share of the triangles */
const TIERS = [
  { foveation: 0.2, scale: 1, mesh: 1 },
  { foveation: 0.6, scale: 0.85, mesh: 1 },
  { foveation: 1, scale: 0.7, mesh: 1 },
  { foveation: 1, scale: 0.7, mesh: 0.35 },
];

export class Tiers {
  #xr;
  #tier = 0;
  /** @type {Mesh[]} */
  #meshes = [];

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
    this.#meshes = scene?.meshes ?? [];
    this.apply();
  }

  apply() {
    const { foveation, mesh } = TIERS[this.#tier];
    this.#xr.setFoveation(foveation);
    const all = this.#meshes.reduce((sum, each) => sum + triangles(each), 0);
    const share = mesh * Math.min(1, TRIANGLES / all);
    for (const each of this.#meshes) thin(each, share);
  }

  /** Before anything of a frame is drawn. @param {XRViewerPose | undefined} pose */
  scaleViews(pose) {
    for (const view of pose?.views ?? []) view.requestViewportScale?.(TIERS[this.#tier].scale);
  }

  /** Everything is as it was. */
  dispose() {
    for (const mesh of this.#meshes) thin(mesh, 1);
    this.#meshes = [];
  }
}

/** Of the whole mesh. @param {Mesh} mesh */
function triangles({ geometry }) {
  return Math.floor((geometry.userData.whole ?? geometry.index?.count ?? geometry.attributes.position.count) / 3);
}

/**
 * Draw a share of the triangles. The shorter list of corners stands behind the whole one in the same buffer, so that
 * going back is free. @param {Mesh} mesh @param {number} share
 */
function thin(mesh, share) {
  const { geometry } = mesh;
  const { index } = geometry;
  if (!index) return; // this project's files have one
  const whole = geometry.userData.whole ?? index.count;
  if (share >= 1) {
    if (geometry.userData.whole) geometry.setDrawRange(0, whole);
    return;
  }
  const { position, uv } = geometry.attributes;
  const at = new Vector3();
  const place = (/** @type {number} */ i) => {
    at.fromBufferAttribute(position, i).applyMatrix4(mesh.matrixWorld);
    return /** @type {[number, number, number]} */ ([at.x, at.y, at.z]);
  };
  const u = (/** @type {number} */ i) => (uv ? MathUtils.clamp(uv.getX(i), 0, 1) : 0.5);
  const full = Uint32Array.from({ length: whole }, (_, i) => index.getX(i));
  const coarse = coarsen(place, u, position.count, full, Math.floor((whole / 3) * share));
  const both = new Uint32Array(whole + coarse.length);
  both.set(full);
  both.set(coarse, whole);
  geometry.dispose(); // the old list of corners leaves the GPU; the rest comes back with the next frame
  geometry.setIndex(new BufferAttribute(both, 1));
  geometry.userData.whole = whole;
  geometry.setDrawRange(whole, coarse.length);
}
