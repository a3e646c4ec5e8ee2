/**
 * Where hands point in a headset: controllers and hands all the time, a gaze with a pinch (Vision Pro) only during the
 * pinch. A line shows the ray while there is something to point at.
 */

import { BufferGeometry, Float32BufferAttribute, LineBasicMaterial, LineSegments, Quaternion, Raycaster,
  Sphere, Vector3 } from 'three';

/** @typedef {import('three').Object3D} Object3D */

const FREE_M = 1.2; // a ray that meets nothing
const HANDS = 2;

export class Rays {
  #caster = new Raycaster();
  #turn = new Quaternion();
  #material = new LineBasicMaterial({ color: 0xffffff, transparent: true, opacity: 0.7, depthTest: false });
  lines = new LineSegments(new BufferGeometry(), this.#material);

  constructor() {
    this.lines.geometry.setAttribute('position', new Float32BufferAttribute(new Float32Array(6 * HANDS), 3));
    this.lines.geometry.boundingSphere = new Sphere(); // the corners change with each frame: never measured
    this.lines.frustumCulled = false;
    this.lines.renderOrder = 1001;
    this.lines.visible = false;
  }

  /**
   * @param {XRFrame} frame @param {XRReferenceSpace} space @param {XRInputSource} source
   * @param {Object3D} rig what the space stands on @param {Object3D} target
   * @returns {{ from: Vector3, to: Vector3, uv: { x: number, y: number } | null } | null} in the rig; null without a
   * pose
   */
  cast(frame, space, source, rig, target) {
    const pose = frame.getPose(source.targetRaySpace, space);
    if (!pose) return null;
    const { position: p, orientation: q } = pose.transform;
    const from = new Vector3(p.x, p.y, p.z);
    const way = new Vector3(0, 0, -1).applyQuaternion(this.#turn.set(q.x, q.y, q.z, q.w));
    rig.updateMatrixWorld(true);
    this.#caster.ray.origin.copy(from).applyMatrix4(rig.matrixWorld);
    this.#caster.ray.direction.copy(way).transformDirection(rig.matrixWorld);
    const hit = target.visible ? this.#caster.intersectObject(target)[0] : undefined;
    return { from, to: from.clone().addScaledVector(way, hit?.distance ?? FREE_M), uv: hit?.uv ?? null };
  }

  /** @param {{ from: Vector3, to: Vector3 }[]} rays in the rig, whose child `lines` is */
  draw(rays) {
    const shown = rays.slice(0, HANDS);
    this.lines.visible = shown.length > 0;
    const { position } = this.lines.geometry.attributes;
    shown.forEach(({ from, to }, i) => {
      position.setXYZ(2 * i, from.x, from.y, from.z);
      position.setXYZ(2 * i + 1, to.x, to.y, to.z);
    });
    this.lines.geometry.setDrawRange(0, 2 * shown.length);
    position.needsUpdate = true;
  }

  dispose() {
    this.#material.dispose();
    this.lines.geometry.dispose();
    this.lines.removeFromParent();
  }
}
