/**
 * Mouse, pen and fingers become movement. Knows nothing of WebGL.
 *
 * What a drag does depends on what is seen. From within, the thing that was grabbed sticks to the pointer; a map is
 * shifted;
 * a model seen from outside is turned. With Shift, or by two fingers at once, a drag leans the head; two fingers zoom
 * too.
 */

import { allowed, clamp, directionThrough, framePoint, grabbed, mapSpan, stepped, wrapDegrees } from './look.js';
import { GLIDE_MS } from './motion.js';

/** @typedef {import('./motion.js').Motion} Motion */
/** @typedef {{ x: number, y: number, timeMs: number }} Touch */
/** @typedef {'grab' | 'map' | 'orbit'} Drag */

const LEAN_M = 0.8; // over the frame's height
const ORBIT_DEG = 180; // over the frame's height
const DOUBLE_MS = 350;
const DOUBLE_PX = 30;

export class Pointers {
  /** @type {Drag} */
  drag = 'grab';
  /** @type {Map<number, Touch>} */
  #touches = new Map();
  /** @type {import('./look.js').Vec3 | null} */
  #held = null;
  /** Degrees per millisecond. */
  #speed = { yaw: 0, pitch: 0 };
  /** @type {Touch & { still: boolean } | null} the start of the last touch, for double taps */
  #tap = null;
  #frame;
  #motion;
  #stop = new AbortController();

  /** @param {HTMLElement} frame @param {Motion} motion */
  constructor(frame, motion) {
    this.#frame = frame;
    this.#motion = motion;
    const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) =>
      frame.addEventListener(type, listener, { signal: this.#stop.signal, passive: false });
    on('pointerdown', (event) => this.#down(event));
    on('pointermove', (event) => this.#move(event));
    for (const type of ['pointerup', 'pointercancel']) on(type, (event) => this.#up(event));
    on('wheel', (event) => this.#wheel(event));
    on('dblclick', () => motion.recentre());
  }

  /** Let go: what is held is no longer where it was. */
  release() {
    this.#held = null;
  }

  dispose() {
    this.#stop.abort();
    this.#touches.clear();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    this.#frame.setPointerCapture(event.pointerId);
    const now = { x: event.clientX, y: event.clientY, timeMs: event.timeStamp };
    const last = this.#tap;
    const again = last?.still && now.timeMs - last.timeMs < DOUBLE_MS && apart(last, now) < DOUBLE_PX;
    // Not all browsers make a double click of two taps where they may not zoom.
    if (event.pointerType === 'touch' && again && this.#touches.size === 0) return this.#recentre();
    this.#tap = { ...now, still: true };
    this.#touches.set(event.pointerId, now);
    this.#motion.jump({}); // a grab stops what still glides
    this.#speed = { yaw: 0, pitch: 0 };
    this.#grab();
  }

  #recentre() {
    this.#tap = null;
    this.#motion.recentre();
  }

  /** Take hold of what lies under the (only) finger. */
  #grab() {
    const [touch, more] = this.#touches.values();
    this.#held = touch && !more ? directionThrough(this.#motion.view.pose, this.#point(touch)) : null;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#touches.get(event.pointerId);
    if (!before) return;
    const spread = this.#spread();
    const now = { x: event.clientX, y: event.clientY, timeMs: event.timeStamp };
    if (this.#tap && apart(this.#tap, now) > DOUBLE_PX / 3) this.#tap.still = false;
    this.#touches.set(event.pointerId, now);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    const { pose, fov } = this.#motion.view;
    if (this.#touches.size === 2) {
      this.#lean(dx / 2, dy / 2, fov * (spread / (this.#spread() || spread)));
    } else if (event.shiftKey && this.drag !== 'orbit') {
      this.#lean(dx, dy, fov);
      this.#grab();
    } else if (this.#held) {
      const next = this.#dragged(dx, dy, now);
      const dtMs = Math.max(1, now.timeMs - before.timeMs);
      // The mean of this move's speed and the ones before: one late event shall not fling the picture.
      this.#speed.yaw = (this.#speed.yaw + wrapDegrees(next.yaw - pose.yaw) / dtMs) / 2;
      this.#speed.pitch = (this.#speed.pitch + (next.pitch - pose.pitch) / dtMs) / 2;
      this.#motion.jump(next);
    }
  }

  /** @param {number} dx @param {number} dy pixels @param {Touch} now @returns {import('./look.js').Pose} */
  #dragged(dx, dy, now) {
    const { pose, fov } = this.#motion.view;
    const { clientWidth: width, clientHeight: height } = this.#frame;
    if (this.drag === 'grab') return grabbed(pose, /** @type {any} */ (this.#held), this.#point(now));
    const map = (mapSpan(fov, width / height)[1] * 360) / (Math.PI * height);
    const [yaw, pitch] = this.drag === 'map' ? [-dx * map, dy * map] : [dx, -dy].map((d) => (d * ORBIT_DEG) / height);
    return allowed({ ...pose, yaw: pose.yaw + yaw, pitch: pose.pitch + pitch });
  }

  /** The world follows the hand, the head goes the other way. @param {number} dx @param {number} dy pixels
   * @param {number} fov */
  #lean(dx, dy, fov) {
    const metres = LEAN_M / this.#frame.clientHeight;
    this.#motion.jump(stepped(this.#motion.view.pose, { right: -dx * metres, up: dy * metres }), fov);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const last = this.#touches.get(event.pointerId);
    if (!last) return;
    this.#touches.delete(event.pointerId);
    const rested = event.timeStamp - last.timeMs > 60;
    if (this.#touches.size === 0 && this.#held && !rested && !this.#motion.calm) {
      this.#motion.turn(this.#speed.yaw * GLIDE_MS, this.#speed.pitch * GLIDE_MS);
    }
    this.#grab();
  }

  /** Pixels between two fingers; 0 with fewer. */
  #spread() {
    const [a, b] = this.#touches.values();
    return b ? apart(a, b) : 0;
  }

  /** @param {Touch} touch */
  #point({ x, y }) {
    const box = this.#frame.getBoundingClientRect();
    return framePoint(x - box.left, y - box.top, box.width, box.height, this.#motion.view.fov);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    // Inside somebody's page the wheel is for scrolling until the visitor has touched the panorama.
    if (window.parent !== window && !document.hasFocus()) return;
    event.preventDefault();
    const pixels = event.deltaY * [1, 16, 100][event.deltaMode];
    this.#motion.zoom(Math.exp(clamp(pixels, -200, 200) / 700));
  }
}

/** Pixels. @param {Touch} a @param {Touch} b */
function apart(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
