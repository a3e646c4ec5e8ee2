/** Keys become movement. Knows nothing of WebGL. */

/** @typedef {import('./motion.js').Motion} Motion */

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

export class Keyboard {
  /** How long each key is held, in milliseconds. @type {Map<string, number>} */
  #held = new Map();
  #motion;
  #wake;
  #more;
  #stop = new AbortController();

  /**
   * @param {HTMLElement} focus takes the keys @param {Motion} motion @param {() => void} wake
   * @param {Record<string, () => void>} more what other keys do, by `key` in lower case
   */
  constructor(focus, motion, wake, more) {
    this.#motion = motion;
    this.#wake = wake;
    this.#more = more;
    const { signal } = this.#stop;
    focus.addEventListener('keydown', (event) => this.#down(event), { signal });
    focus.addEventListener('keyup', (event) => this.#held.delete(event.code), { signal });
    focus.addEventListener('blur', () => this.#held.clear(), { signal });
    window.addEventListener('blur', () => this.#held.clear(), { signal });
  }

  /** @param {number} dtMs @returns {boolean} whether a key is held */
  step(dtMs) {
    for (const [code, heldMs] of this.#held) {
      this.#held.set(code, heldMs + dtMs);
      if (heldMs >= TAP_MS) this.#move(code, (HELD_DEG_S * dtMs) / 1000, (HELD_M_S * dtMs) / 1000);
    }
    return this.#held.size > 0;
  }

  dispose() {
    this.#stop.abort();
    this.#held.clear();
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.composedPath()[0] instanceof HTMLInputElement) return; // a slider has arrows of its own
    const { code } = event;
    const key = event.key.toLowerCase();
    if (code in TURNS || code in STEPS) {
      if (!this.#held.has(code)) {
        this.#move(code, TAP_DEG, TAP_M);
        this.#held.set(code, 0);
      }
      this.#wake();
    } else if (key === '0' || key === 'home') this.#motion.recentre();
    else if (key === '+' || key === '=') this.#motion.zoom(1 / 1.2);
    else if (key === '-' || key === '_') this.#motion.zoom(1.2);
    else if (Object.hasOwn(this.#more, key)) this.#more[key]();
    else return;
    event.preventDefault();
  }

  /** @param {string} code @param {number} degrees @param {number} metres */
  #move(code, degrees, metres) {
    if (code in TURNS) return this.#motion.turn(TURNS[code][0] * degrees, TURNS[code][1] * degrees);
    const { forward = 0, right = 0, up = 0 } = STEPS[code];
    this.#motion.lean({ forward: forward * metres, right: right * metres, up: up * metres });
  }
}
