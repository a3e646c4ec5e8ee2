/** An element's scene in a headset: the way in, the way back, and what the two tell each other meanwhile. */

import { SceneFault } from './glb.js';
import { Headset } from './headset.js';
import { NoVr, startSession } from './xr.js';

/** @typedef {import('./stage.js').Stage} Stage */
/** @typedef {import('./texts.js').Texts} Texts */
/** @typedef {{ yaw: number, strength: number }} Start where to face, degrees, and how deep the scene is */
/**
 * @typedef {object} Page what the headset wishes of the element
 * @property {(strength: number) => void} strength
 * @property {(type: string, detail: object) => void} tell an event
 * @property {() => void} begins before the first frame there
 * @property {(now: boolean) => void} presents it does, or it has ended, however it ended
 */

export class Visiting {
  #page;
  /** @type {Headset | null} */
  #headset = null;
  #entering = false;
  #neighbours = { previous: false, next: false };

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }

  /** While somebody is in there. */
  get headset() {
    return this.#headset;
  }

  get neighbours() {
    return { ...this.#neighbours };
  }

  set neighbours({ previous = false, next = false }) {
    this.#neighbours = { previous, next };
    this.#headset?.tell({ neighbours: this.#neighbours });
  }

  /**
   * From a click or a key press.
   * @param {() => Stage | null} stage @param {() => Start} start @param {Texts} texts
   * @returns {Promise<void>} rejects with a NoVr whose message is for the visitor
   */
  async enter(stage, start, texts) {
    const first = stage();
    if (!first) throw new SceneFault('webgl').translate(texts);
    if (this.#headset || this.#entering) return;
    this.#entering = true;
    try {
      const session = await startSession(first);
      if (stage() !== first) return void session.end(); // disposed of in the meantime
      this.#page.begins();
      const { yaw, strength } = start();
      this.#headset = new Headset(first, session, yaw, strength, texts, {
        strength: this.#page.strength,
        other: (way) => this.#page.tell(`xr-${way}`, {}),
        panel: (open) => this.#page.tell('xr-panel', { open }),
        tier: (tier) => this.#page.tell('xr-tier', { tier }),
        end: () => this.#left(),
      });
    } catch (error) {
      throw error instanceof NoVr ? error.translate(texts) : error;
    } finally {
      this.#entering = false;
    }
    this.#headset.tell({ neighbours: this.#neighbours });
    this.#page.presents(true);
    this.#page.tell('xr-start', {});
  }

  async end() {
    await this.#headset?.end();
  }

  #left() {
    this.#headset = null;
    this.#page.presents(false);
    this.#page.tell('xr-end', {});
  }
}
