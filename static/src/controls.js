/**
 * Hands on the viewer: pointer, wheel and keys become a view. Knows nothing of WebGL.
 *
 * One movement drives all: `view` eases towards `goal`. A drag sets both, so that the picture sticks to the pointer;
 * keys, the wheel and the last push of a drag set the goal alone.
 */

import { allowed, approach, approachPose, clamp, directionThrough, FOV_DEFAULT, FOV_MAX, FOV_MIN, framePoint, grabbed,
  HOME, samePose, stepped, wrapDegrees } from './look.js';

/** @typedef {import('./look.js').Pose} Pose */
/** @typedef {import('./look.js').View} View */
/** @typedef {{ x: number, y: number, timeMs: number }} Touch */

const HALF_LIFE_MS = 70;
const GLIDE_MS = HALF_LIFE_MS / Math.LN2; // easing over this much more way starts at exactly the hand's speed
const TAP_MS = 200; // a key that is let go sooner moves by one exact step
const TAP_DEG = 3;
const HELD_DEG_S = 70;
const TAP_M = 0.05;
const HELD_M_S = 0.4;

const TURNS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
});
// By place on the keyboard, not by letter: WASD is ZQSD on a French one.
const STEPS = /** @type {Record<string, { forward?: number, right?: number, up?: number }>} */ ({
  KeyW: { forward: 1 }, KeyS: { forward: -1 }, KeyA: { right: -1 }, KeyD: { right: 1 }, KeyQ: { up: -1 }, KeyE: { up: 1 },
});

export class Controls {
  /** @type {View} */
  #view = { pose: { ...HOME }, fov: FOV_DEFAULT };
  /** @type {View} */
  #goal = { pose: { ...HOME }, fov: FOV_DEFAULT };
  /** @type {Map<number, Touch>} */
  #touches = new Map();
  /** @type {import('./look.js').Vec3 | null} */
  #held = null;
  /** Degrees per millisecond. */
  #speed = { yaw: 0, pitch: 0 };
  /** How long each key is held, in milliseconds. @type {Map<string, number>} */
  #keys = new Map();
  #frame;
  #wake;
  #stop = new AbortController();
  #calm = matchMedia('(prefers-reduced-motion: reduce)');

  /**
   * @param {HTMLElement} frame takes the pointer; @param {HTMLElement} focus takes the keys
   * @param {() => void} wake asks for a frame, in which `step` is called
   */
  constructor(frame, focus, wake) {
    this.#frame = frame;
    this.#wake = wake;
    /** @param {EventTarget} target @param {string} type @param {(event: any) => void} listener */
    const on = (target, type, listener) =>
      target.addEventListener(type, listener, { signal: this.#stop.signal, passive: false });
    on(frame, 'pointerdown', (event) => this.#down(event));
    on(frame, 'pointermove', (event) => this.#move(event));
    for (const type of ['pointerup', 'pointercancel']) on(frame, type, (event) => this.#up(event));
    on(frame, 'wheel', (event) => this.#wheel(event));
    on(frame, 'dblclick', () => this.recentre());
    on(focus, 'keydown', (event) => this.#keyDown(event));
    on(focus, 'keyup', (event) => this.#keys.delete(event.code));
    on(focus, 'blur', () => this.#keys.clear());
    on(window, 'blur', () => this.#keys.clear());
  }

  get view() {
    return this.#view;
  }

  /** At once, without easing. @param {Partial<Pose>} pose @param {number} [fov] */
  jump(pose, fov = this.#view.fov) {
    this.#view = { pose: allowed(pose, this.#view.pose), fov: clamp(fov, FOV_MIN, FOV_MAX) };
    this.#goal = structuredClone(this.#view);
    this.#held = null;
    this.#wake();
  }

  recentre() {
    this.#aim({ pose: { ...HOME }, fov: FOV_DEFAULT });
  }

  /** @param {number} dtMs @returns {boolean} whether the movement goes on */
  step(dtMs) {
    for (const [code, heldMs] of this.#keys) {
      this.#keys.set(code, heldMs + dtMs);
      if (heldMs < TAP_MS) continue;
      if (code in TURNS) this.#turn(code, (HELD_DEG_S * dtMs) / 1000);
      else this.#walk(code, (HELD_M_S * dtMs) / 1000);
    }
    const { pose, fov } = this.#goal;
    const near = Math.abs(fov - this.#view.fov) < 0.02;
    this.#view = {
      pose: approachPose(this.#view.pose, pose, dtMs, HALF_LIFE_MS),
      fov: near ? fov : approach(this.#view.fov, fov, dtMs, HALF_LIFE_MS),
    };
    return this.#keys.size > 0 || this.#view.fov !== fov || !samePose(this.#view.pose, pose);
  }

  dispose() {
    this.#stop.abort();
    this.#keys.clear();
    this.#touches.clear();
  }

  /** @param {View} goal */
  #aim(goal) {
    if (this.#calm.matches) this.jump(goal.pose, goal.fov);
    else this.#goal = goal;
    this.#wake();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    this.#frame.setPointerCapture(event.pointerId);
    this.#touches.set(event.pointerId, { x: event.clientX, y: event.clientY, timeMs: event.timeStamp });
    this.jump(this.#view.pose); // a grab stops what still glides
    this.#speed = { yaw: 0, pitch: 0 };
    this.#grab();
  }

  /** Take hold of what lies under the (only) finger. */
  #grab() {
    const [touch, more] = this.#touches.values();
    this.#held = touch && !more ? directionThrough(this.#view.pose, this.#point(touch)) : null;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#touches.get(event.pointerId);
    if (!before) return;
    const spread = this.#spread();
    const now = { x: event.clientX, y: event.clientY, timeMs: event.timeStamp };
    this.#touches.set(event.pointerId, now);
    if (this.#touches.size === 2 && spread) {
      this.jump(this.#view.pose, (this.#view.fov * spread) / (this.#spread() || spread));
    } else if (this.#held) {
      const held = this.#held;
      const { pose } = this.#view;
      const next = grabbed(pose, held, this.#point(now));
      const dtMs = Math.max(1, now.timeMs - before.timeMs);
      // The mean of this move's speed and the ones before: one late event shall not fling the picture.
      this.#speed.yaw = (this.#speed.yaw + wrapDegrees(next.yaw - pose.yaw) / dtMs) / 2;
      this.#speed.pitch = (this.#speed.pitch + (next.pitch - pose.pitch) / dtMs) / 2;
      this.jump(next);
      this.#held = held;
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const last = this.#touches.get(event.pointerId);
    if (!last) return;
    this.#touches.delete(event.pointerId);
    const rested = event.timeStamp - last.timeMs > 60;
    if (this.#touches.size === 0 && this.#held && !rested && !this.#calm.matches) {
      const { pose, fov } = this.#view;
      const { yaw, pitch } = this.#speed;
      this.#aim({ pose: allowed({ ...pose, yaw: pose.yaw + yaw * GLIDE_MS, pitch: pose.pitch + pitch * GLIDE_MS }), fov });
    }
    this.#grab();
  }

  /** Pixels between two fingers; 0 with fewer. */
  #spread() {
    const [a, b] = this.#touches.values();
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }

  /** @param {Touch} touch */
  #point({ x, y }) {
    const box = this.#frame.getBoundingClientRect();
    return framePoint(x - box.left, y - box.top, box.width, box.height, this.#view.fov);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    // Inside somebody's page the wheel is for scrolling until the visitor has touched the panorama.
    if (window.parent !== window && !document.hasFocus()) return;
    event.preventDefault();
    const pixels = event.deltaY * [1, 16, 100][event.deltaMode];
    this.#zoom(Math.exp(clamp(pixels, -200, 200) / 700));
  }

  /** @param {number} factor */
  #zoom(factor) {
    this.#aim({ pose: this.#goal.pose, fov: clamp(this.#goal.fov * factor, FOV_MIN, FOV_MAX) });
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { code, key } = event;
    if (code in TURNS || code in STEPS) {
      if (!this.#keys.has(code)) {
        if (code in TURNS) this.#turn(code, TAP_DEG);
        else this.#walk(code, TAP_M);
        this.#keys.set(code, 0);
      }
      this.#wake();
    } else if (key === '0' || key === 'Home') this.recentre();
    else if (key === '+' || key === '=') this.#zoom(1 / 1.2);
    else if (key === '-' || key === '_') this.#zoom(1.2);
    else return;
    event.preventDefault();
  }

  /** @param {string} code @param {number} degrees */
  #turn(code, degrees) {
    const { pose, fov } = this.#goal;
    const [yaw, pitch] = TURNS[code];
    this.#aim({ pose: allowed({ ...pose, yaw: pose.yaw + yaw * degrees, pitch: pose.pitch + pitch * degrees }), fov });
  }

  /** @param {string} code @param {number} metres */
  #walk(code, metres) {
    const { forward = 0, right = 0, up = 0 } = STEPS[code];
    const step = { forward: forward * metres, right: right * metres, up: up * metres };
    this.#aim({ pose: stepped(this.#goal.pose, step), fov: this.#goal.fov });
  }
}
