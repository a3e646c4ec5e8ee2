/**
 * Whether a headset keeps up. Frames that come late make people ill, so quality steps down until they no longer do;
 * more
 * frames a second are asked for only after a good while without a late one. Pure, no imports, tested by node.
 */

const LATE = 1.5; // of the interval: one frame was dropped
const LATE_SHARE = 0.15;
const WINDOW_MS = 1000;
const WINDOW_FRAMES = 5; // a very slow device shows few frames in a second
const GRACE_MS = 700; // after a change: caches, new buffers
const GOOD_MS = 6000;

/** @typedef {'slower' | 'down' | 'faster' | null} Advice slower: back to the rate before; down: the next tier;
 * faster: a
 * higher rate may be tried */

export class Pace {
  #intervalMs;
  #elapsedMs = 0;
  #frames = 0;
  #late = 0;
  #graceMs = GRACE_MS;
  #goodMs = 0;
  #tried = false;
  #raised = false;

  /** @param {number} hertz the session's rate */
  constructor(hertz) {
    this.#intervalMs = 1000 / hertz;
  }

  /** The rate is another one now. @param {number} hertz */
  set rate(hertz) {
    this.#intervalMs = 1000 / hertz;
    this.#restart();
  }

  /** @param {number} dtMs since the frame before @returns {Advice} mostly null */
  frame(dtMs) {
    if (this.#graceMs > 0) {
      this.#graceMs -= dtMs;
      return null;
    }
    this.#elapsedMs += dtMs;
    this.#frames += 1;
    if (dtMs > LATE * this.#intervalMs) {
      this.#late += 1;
      this.#goodMs = 0;
    } else this.#goodMs += dtMs;
    if (this.#goodMs > GOOD_MS && !this.#tried) {
      this.#tried = this.#raised = true;
      this.#restart();
      return 'faster';
    }
    if (this.#elapsedMs < WINDOW_MS || this.#frames < WINDOW_FRAMES) return null;
    const bad = this.#late / this.#frames > LATE_SHARE;
    this.#elapsedMs = this.#frames = this.#late = 0;
    if (!bad) return null;
    this.#restart();
    this.#tried = true; // what was late once is not pushed any more
    const advice = this.#raised ? 'slower' : 'down';
    this.#raised = false;
    return advice;
  }

  #restart() {
    this.#elapsedMs = this.#frames = this.#late = this.#goodMs = 0;
    this.#graceMs = GRACE_MS;
  }
}
