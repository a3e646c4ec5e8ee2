/**
 * The headset's panel as a body: a plane with a picture, and the rays that point at it, all in one mesh and so in one
 * draw call. The rays are thin ribbons that turn their face to the eye, painted with the picture's own white edge.
 */

import { BufferAttribute, BufferGeometry, DoubleSide, Mesh, MeshBasicMaterial } from 'three';

/** @typedef {import('three').Texture} Texture */
/** @typedef {import('three').Vector3} Vector3 */
/** @typedef {import('./rays.js').Ray} Ray */
/** @typedef {{ x: number, y: number }} Point of the plane: from 0 to 1, y upwards */

const HANDS = 2;
const FREE_M = 1.2; // a ray that meets nothing
const HALF_M = 0.0015; // of a ribbon's width
const OPACITY = 0.7; // of a ribbon

export class Slab {
  mesh;
  /** Metres. @type {number} */
  #width;
  /** @type {number} */
  #height;

  /** @param {Texture} picture @param {number} width @param {number} height metres @param {number} share of the
   * picture's height that is the plane's; what is below it is white */
  constructor(picture, width, height, share) {
    this.#width = width;
    this.#height = height;
    const corners = 4 * (1 + HANDS);
    const [x, y] = [width / 2, height / 2];
    const geometry = new BufferGeometry();
    const position = new Float32Array(3 * corners);
    position.set([-x, -y, 0, x, -y, 0, x, y, 0, -x, y, 0]);
    const uv = new Float32Array(2 * corners).fill((1 - share) / 2);
    uv.set([0, 1 - share, 1, 1 - share, 1, 1, 0, 1]);
    const colour = new Float32Array(4 * corners).fill(1);
    for (let i = 4; i < corners; i++) colour[4 * i + 3] = OPACITY;
    const quads = Array.from({ length: 1 + HANDS }, (_, i) => [0, 1, 2, 0, 2, 3].map((corner) => 4 * i + corner));
    geometry.setAttribute('position', new BufferAttribute(position, 3));
    geometry.setAttribute('uv', new BufferAttribute(uv, 2));
    geometry.setAttribute('color', new BufferAttribute(colour, 4));
    geometry.setIndex(quads.flat());
    geometry.setDrawRange(0, 6);
    const material = new MeshBasicMaterial({ map: picture, vertexColors: true, transparent: true, depthTest: false });
    material.toneMapped = false;
    Object.assign(material, { side: DoubleSide, forceSinglePass: true });
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false; // rays reach beyond the plane
    this.mesh.renderOrder = 1000; // over the scene and over the fade: it is the way out
    this.mesh.visible = false;
  }

  /** @param {Ray | null} ray in the mesh's parent @returns {Point | null} where it meets the plane */
  hit(ray) {
    if (!ray || !this.mesh.visible) return null;
    const { from, way } = this.#onPlane(ray);
    const away = -from.z / way.z;
    if (!(away > 0 && Number.isFinite(away))) return null;
    const x = (from.x + away * way.x) / this.#width + 0.5;
    const y = (from.y + away * way.y) / this.#height + 0.5;
    return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
  }

  /** Show where hands point. @param {Ray[]} rays in the mesh's parent @param {Vector3} eye there */
  point(rays, eye) {
    const shown = rays.slice(0, HANDS);
    const { position } = this.mesh.geometry.attributes;
    const head = this.#local(eye);
    shown.forEach((ray, i) => {
      const { from, way } = this.#onPlane(ray);
      const to = from.clone().addScaledVector(way, this.hit(ray) ? -from.z / way.z : FREE_M);
      const aside = way.clone().cross(head.clone().sub(from)).setLength(HALF_M);
      const corners = [from.clone().sub(aside), from.add(aside), to.clone().add(aside), to.sub(aside)];
      corners.forEach(({ x, y, z }, corner) => position.setXYZ(4 * (1 + i) + corner, x, y, z));
    });
    this.mesh.geometry.setDrawRange(0, 6 * (1 + shown.length));
    position.needsUpdate = shown.length > 0;
  }

  dispose() {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.mesh.removeFromParent();
  }

  /** @param {Ray} ray @returns {Ray} as seen from the plane's middle */
  #onPlane({ from, way }) {
    const turned = way.clone().applyQuaternion(this.mesh.quaternion.clone().invert());
    return { from: this.#local(from), way: turned };
  }

  /** @param {Vector3} point */
  #local(point) {
    return point.clone().sub(this.mesh.position).applyQuaternion(this.mesh.quaternion.clone().invert());
  }
}
