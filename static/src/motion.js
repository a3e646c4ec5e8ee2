/**
 * One movement for all hands: `view` eases towards `goal`. A drag sets both, so that the picture sticks to the pointer;
 * keys, the wheel, sticks and the last push of a drag set the goal alone. Pure, tested by node.
 */

import { allowed, approach, approachPose, clamp, FOV_DEFAULT, FOV_MAX, FOV_MIN, HOME, samePose,
  stepped } from './look.js';

/** @typedef {import('./look.js').Pose} Pose */
/** @typedef {import('./look.js').View} View */

const HALF_LIFE_MS = 70;
/** Easing over this much more way starts at exactly the hand's speed. */
export const GLIDE_MS = HALF_LIFE_MS / Math.LN2;

export class Motion {
  /** @type {View} */
  #view = { pose: { ...HOME }, fov: FOV_DEFAULT };
  /** @type {View} */
  #goal = { pose: { ...HOME }, fov: FOV_DEFAULT };
  #wake;
  #calm;

  /**
   * @param {() => void} wake asks for a frame, in which `step` is called
   * @param {() => boolean} calm whether the visitor wants no gliding
   */
  constructor(wake, calm = () => false) {
    this.#wake = wake;
    this.#calm = calm;
  }

  get view() {
    return this.#view;
  }

  get calm() {
    return this.#calm();
  }

  /** At once, without easing. @param {Partial<Pose>} pose @param {number} [fov] */
  jump(pose, fov = this.#view.fov) {
    this.#view = { pose: allowed(pose, this.#view.pose), fov: clamp(fov, FOV_MIN, FOV_MAX) };
    this.#goal = structuredClone(this.#view);
    this.#wake();
  }

  /** Glide there; what is left out stays as it is or is on its way to be. @param {Partial<Pose>} pose @param {number}
   * [fov] */
  aim(pose, fov = this.#goal.fov) {
    if (this.#calm()) return this.jump({ ...this.#goal.pose, ...pose }, fov);
    this.#goal = { pose: allowed(pose, this.#goal.pose), fov: clamp(fov, FOV_MIN, FOV_MAX) };
    this.#wake();
  }

  recentre() {
    this.aim(HOME, FOV_DEFAULT);
  }

  /** @param {number} yaw @param {number} pitch degrees */
  turn(yaw, pitch) {
    const { pose } = this.#goal;
    this.aim({ yaw: pose.yaw + yaw, pitch: pose.pitch + pitch });
  }

  /** @param {{ forward?: number, right?: number, up?: number }} step metres */
  lean(step) {
    this.aim(stepped(this.#goal.pose, step));
  }

  /** @param {number} factor of the field of view */
  zoom(factor) {
    this.aim({}, this.#goal.fov * factor);
  }

  /** @param {number} dtMs @returns {boolean} whether the movement goes on */
  step(dtMs) {
    const { pose, fov } = this.#goal;
    const near = Math.abs(fov - this.#view.fov) < 0.02;
    this.#view = {
      pose: approachPose(this.#view.pose, pose, dtMs, HALF_LIFE_MS),
      fov: near ? fov : approach(this.#view.fov, fov, dtMs, HALF_LIFE_MS),
    };
    return this.#view.fov !== fov || !samePose(this.#view.pose, pose);
  }
}
