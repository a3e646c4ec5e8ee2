/** All hands on the viewer together: pointers, keys, gamepads, tilt. */

import { Keyboard } from './keyboard.js';
import { Motion } from './motion.js';
import { watchPads } from './pads.js';
import { Pointers } from './pointers.js';
import { followTilt } from './tilting.js';

/** @typedef {import('./look.js').Pose} Pose */

export class Controls {
  #motion;
  #pointers;
  #keyboard;
  #stopPads;
  #stopTilt = () => {};
  #tilting = false;
  #stop = new AbortController();

  /**
   * @param {HTMLElement} frame takes the pointers @param {HTMLElement} focus takes the keys
   * @param {() => void} wake asks for a frame, in which `step` is called
   * @param {() => void} touched the visitor has taken over
   * @param {Record<string, () => void>} moreKeys see Keyboard
   */
  constructor(frame, focus, wake, touched, moreKeys) {
    const calm = matchMedia('(prefers-reduced-motion: reduce)');
    this.#motion = new Motion(wake, () => calm.matches);
    this.#pointers = new Pointers(frame, this.#motion);
    this.#keyboard = new Keyboard(focus, this.#motion, wake, moreKeys);
    this.#stopPads = watchPads(this.#motion, touched);
    for (const type of ['pointerdown', 'wheel', 'keydown']) {
      focus.addEventListener(type, touched, { signal: this.#stop.signal, capture: true, passive: true });
    }
  }

  get view() {
    return this.#motion.view;
  }

  get calm() {
    return this.#motion.calm;
  }

  /** At once, without easing. @param {Partial<Pose>} pose @param {number} [fov] */
  jump(pose, fov) {
    this.#motion.jump(pose, fov);
    this.#pointers.release();
  }

  /** @param {Partial<Pose>} pose @param {number} [fov] */
  aim(pose, fov) {
    this.#motion.aim(pose, fov);
  }

  recentre() {
    this.#motion.recentre();
  }

  /** @param {import('./pointers.js').Drag} drag */
  set drag(drag) {
    this.#pointers.drag = drag;
  }

  get tilting() {
    return this.#tilting;
  }

  /** From a tap. @param {boolean} wanted @param {() => void} onNothing the device says nothing, or may not */
  async tilt(wanted, onNothing) {
    this.#stopTilt();
    this.#stopTilt = () => {};
    this.#tilting = wanted;
    if (!wanted) return;
    let stop = () => {};
    const nothing = () => {
      this.#tilting = false;
      stop();
      onNothing();
    };
    stop = await followTilt(this.#motion, nothing);
    if (this.#tilting && !this.#stop.signal.aborted) this.#stopTilt = stop;
    else stop();
  }

  /** @param {number} dtMs @returns {boolean} whether the movement goes on */
  step(dtMs) {
    const held = this.#keyboard.step(dtMs);
    return this.#motion.step(dtMs) || held;
  }

  dispose() {
    this.#stop.abort();
    this.#pointers.dispose();
    this.#keyboard.dispose();
    this.#stopPads();
    this.#stopTilt();
  }
}
