/** Everything of an element that has words in it, in the language of its place: for eyes, for ears, for the headset. */

import { actionsOf } from './actions.js';
import { Overlay } from './overlay.js';
import { textsFor } from './texts.js';

/** @typedef {import('./element.js').Ldm3dViewer} Viewer */
/**
 * @typedef {object} Around what it asks of the element
 * @property {(button: string) => boolean} wants which buttons
 * @property {() => import('./headset.js').Headset | null} headset hears what is said, while there is one
 * @property {() => boolean} seen whether there is something to see behind a sentence
 */

export class Voice {
  #host;
  #around;
  /** @type {Overlay | null} */
  #overlay = null;
  texts = textsFor([]).texts;

  /** @param {Viewer} host @param {Around} around */
  constructor(host, around) {
    this.#host = host;
    this.#around = around;
  }

  /** Anew: buttons, cards and labels. @param {ShadowRoot | null} root takes what lies over the picture */
  speak(root) {
    const host = this.#host;
    const { texts, lang } = textsFor([host.closest('[lang]')?.getAttribute('lang'), ...navigator.languages]);
    this.texts = texts;
    if (!host.hasAttribute('tabindex')) host.tabIndex = 0;
    if (!host.hasAttribute('role')) host.setAttribute('role', 'application');
    host.setAttribute('aria-roledescription', texts.panorama);
    if (!host.hasAttribute('aria-label')) host.setAttribute('aria-label', texts.viewer);
    host.setAttribute('aria-description', texts.hands);
    this.#overlay?.dispose();
    const actions = actionsOf(host, { texts: () => this.texts, say: this.say, announce: this.announce });
    this.#overlay = new Overlay(host, texts, lang, actions, this.#around.wants);
    root?.append(this.#overlay.box);
  }

  /** A sentence in the frame until the next scene or until it is closed; none takes it away. @param {string} text
   * @param {string} [link] to the full page */
  say = (text, link) => {
    this.#around.headset()?.tell({ status: text });
    this.#overlay?.say(text, { low: this.#around.seen(), link });
  };

  /** For those who listen. @param {string} text */
  announce = (text) => this.#overlay?.announce(text);

  /** How far a download is. @param {number} loaded @param {number | null} total bytes */
  progress(loaded, total) {
    this.#overlay?.progress(loaded, total);
    const percent = total ? Math.floor((100 * loaded) / total) : '…';
    this.#around.headset()?.tell({ status: `${this.texts.loading} ${percent} %` });
  }

  /** @param {Parameters<Overlay['show']>[0]} state of the buttons */
  show(state) {
    this.#overlay?.show(state);
  }

  /** Open the card with all hands and keys, or close it. */
  help() {
    this.#overlay?.toggle('help');
  }

  dispose() {
    this.#overlay?.dispose();
    this.#overlay = null;
  }
}
