/** Runs the two movements that nobody asked for (see sway.js). Draws while they last and lets the viewer rest after. */

import { SWAY_AFTER_MS, SWAY_MS, swayAt, SWELL_MS, swellAt } from './sway.js';

export class Unasked {
  #wake;
  #swellMs = SWELL_MS;
  #swayMs = SWAY_MS;
  #timer = 0;

  /** @param {() => void} wake asks for a frame, in which `step` is called */
  constructor(wake) {
    this.#wake = wake;
  }

  /** Depth swells out; once it is there and the visitor rests, the head sways once. */
  begin() {
    this.stop();
    this.#swellMs = 0;
    this.#timer = window.setTimeout(() => {
      this.#swayMs = 0;
      this.#wake();
    }, SWELL_MS + SWAY_AFTER_MS);
    this.#wake();
  }

  /** The visitor has taken over: no sway. @returns {boolean} whether it was under way */
  stop() {
    clearTimeout(this.#timer);
    const swayed = this.#swayMs < SWAY_MS;
    this.#swayMs = SWAY_MS;
    if (swayed) this.#wake();
    return swayed;
  }

  /** @param {number} dtMs @returns {{ share: number, sway: { right: number, up: number }, again: boolean }} share of
   * the
   * depth; metres */
  step(dtMs) {
    const again = this.#swellMs < SWELL_MS || this.#swayMs < SWAY_MS;
    this.#swellMs = Math.min(SWELL_MS, this.#swellMs + dtMs);
    this.#swayMs = Math.min(SWAY_MS, this.#swayMs + dtMs);
    return { share: swellAt(this.#swellMs), sway: swayAt(this.#swayMs), again };
  }
}
