/** How an element's scene is looked at: look, two eyes, strength of depth; and what a link carries of it. */

import { STRENGTH_DEFAULT, STRENGTH_MAX } from './depth.js';
import { LOOKS, STEREOS } from './hash.js';
import { clamp, HOME } from './look.js';

/** @typedef {import('./hash.js').Look} Look */
/** @typedef {import('./hash.js').Stereo} Stereo */
/** @typedef {import('./texts.js').Texts} Texts */
/**
 * @typedef {object} Around what it changes
 * @property {import('./stage.js').Stage} stage
 * @property {import('./controls.js').Controls} controls
 */

const OUTSIDE = Object.freeze({ ...HOME, pitch: -30 });

export class Viewing {
  #around;
  #texts;
  #changed;
  /** Where the visitor was before looking from outside. @type {import('./look.js').View | null} */
  #inside = null;
  #strength = STRENGTH_DEFAULT;

  /**
   * @param {() => Around | null} around null: nothing can be drawn here @param {() => Texts} texts
   * @param {(words?: string) => void} changed with words for those who listen
   */
  constructor(around, texts, changed) {
    this.#around = around;
    this.#texts = texts;
    this.#changed = changed;
  }

  /** @returns {Look} */
  get look() {
    return this.#around()?.stage.painter.look ?? 'picture';
  }

  set look(look) {
    const around = this.#around();
    const before = this.look;
    if (!around || look === before || !LOOKS.includes(look)) return;
    const { stage, controls } = around;
    stage.painter.look = look;
    controls.drag = look === 'flat' ? 'map' : look === 'outside' ? 'orbit' : 'grab';
    if (look === 'outside') {
      this.#inside = controls.view;
      controls.aim({ ...OUTSIDE, yaw: controls.view.pose.yaw });
    } else if (before === 'outside') {
      const { pose, fov } = this.#inside ?? { pose: HOME, fov: undefined };
      controls.aim(pose, fov);
      this.#inside = null;
    }
    this.#changed(this.#texts()[`look.${look}`]);
  }

  /** @returns {Stereo} */
  get stereo() {
    return this.#around()?.stage.painter.stereo ?? 'off';
  }

  set stereo(stereo) {
    const around = this.#around();
    if (!around || stereo === this.stereo || !STEREOS.includes(stereo)) return;
    around.stage.painter.stereo = stereo;
    this.#changed(`${this.#texts().stereo}: ${this.#texts()[`stereo.${stereo}`]}`);
  }

  /** 0 flat, 1 as it is, up to 1.5. */
  get strength() {
    return this.#strength;
  }

  set strength(strength) {
    const allowed = clamp(Number(strength) || 0, 0, STRENGTH_MAX);
    if (allowed === this.#strength) return;
    this.#strength = allowed;
    this.#changed();
  }

  next() {
    this.look = LOOKS[(LOOKS.indexOf(this.look) + 1) % LOOKS.length];
  }

  /** Face forward again. */
  recentre() {
    const controls = this.#around()?.controls;
    if (this.look === 'outside') controls?.aim(OUTSIDE, 70);
    else controls?.recentre();
  }
}
