/** Everything that lies over the picture, in one language: bar and cards, sentence, ring, scale, what is read aloud. */

import { Bar } from './bar.js';
import { makeDepthScale } from './depthscale.js';
import { icon, make } from './dom.js';
import { makeHelp } from './helpcard.js';
import { makeLookCard } from './lookcard.js';
import { makeRing } from './ring.js';

/** @typedef {import('./hash.js').Look} Look */
/** @typedef {import('./hash.js').Stereo} Stereo */
/**
 * @typedef {object} Actions what the buttons do
 * @property {(look: Look) => void} look
 * @property {(stereo: Stereo) => void} stereo
 * @property {(strength: number) => void} strength
 * @property {() => void} recentre
 * @property {() => Promise<void>} tilt
 * @property {() => Promise<void>} screenshot
 * @property {() => Promise<void>} fullscreen
 * @property {() => Promise<void>} vr
 */

export class Overlay {
  #texts;
  #host;
  #bar;
  #card;
  #ring;
  #scale;
  #note = make('div', { class: 'note', hidden: true });
  #words = make('p', { role: 'status' });
  #link = make('a', { target: '_blank', rel: 'noopener', hidden: true });
  #live = make('div', { class: 'live', 'aria-live': 'polite' });
  #stop = new AbortController();

  /**
   * @param {HTMLElement} host @param {import('./texts.js').Texts} texts @param {string} lang @param {Actions} on
   * @param {(name: string) => boolean} wanted which buttons
   */
  constructor(host, texts, lang, on, wanted) {
    this.#texts = texts;
    this.#host = host;
    this.#ring = makeRing(texts, lang);
    this.#scale = makeDepthScale(texts, lang);
    this.#card = makeLookCard(texts, on);
    /** @type {import('./bar.js').Item[]} */
    const items = [
      { name: 'looks', label: texts.looks, icon: 'looks', card: this.#card.nodes },
      { name: 'recentre', label: texts.recentre, icon: 'recentre', act: on.recentre },
      { name: 'tilt', label: texts.tilt, icon: 'tilt', act: on.tilt },
      { name: 'screenshot', label: texts.screenshot, icon: 'screenshot', act: on.screenshot },
      { name: 'fullscreen', label: texts.fullscreen, icon: 'fullscreen', act: on.fullscreen },
      { name: 'help', label: texts.help, icon: 'help', card: makeHelp(texts) },
      { name: 'vr', label: texts.vr, icon: 'vr', act: on.vr },
    ];
    this.#bar = new Bar(host, texts.controls, texts.close, items.filter(({ name }) => wanted(name)));
    const close = make('button', { type: 'button', 'aria-label': texts.close }, icon('close'));
    close.addEventListener('click', () => this.say(''));
    this.#note.append(make('div', {}, this.#words, this.#link), close);
    document.addEventListener('fullscreenchange', this.#fullscreen, { signal: this.#stop.signal });
    this.box = make('div', { class: 'ui', lang });
    this.box.append(this.#scale.box, this.#ring.box, this.#note, this.#bar.cards, this.#bar.box, this.#live);
  }

  /** A sentence in the frame until it is closed or another comes; none takes it away. @param {string} text
   * @param {{ low?: boolean, link?: string }} [how] low: there is something to see behind it; link: to the full page */
  say(text, { low = false, link = '' } = {}) {
    this.#note.classList.toggle('low', low);
    this.#note.hidden = text === '';
    this.#words.textContent = text;
    this.#link.hidden = link === '';
    this.#link.textContent = this.#texts.openPage;
    if (link) this.#link.href = link;
  }

  /** For those who listen. @param {string} text */
  announce(text) {
    this.#live.textContent = text;
  }

  /** @param {number} loaded @param {number | null} total bytes */
  progress(loaded, total) {
    this.#ring.show(loaded, total);
  }

  /** @param {{ look: Look, stereo: Stereo, depthStrength: number, depth: import('./depth.js').Depth | undefined,
   * tilting: boolean, presenting: boolean }} state */
  show({ look, stereo, depthStrength, depth, tilting, presenting }) {
    this.#card.show({ look, stereo, depthStrength });
    this.#scale.box.hidden = look !== 'depth' || !depth;
    if (depth) this.#scale.show(depth);
    this.#bar.set('looks', { icon: look === 'picture' ? 'looks' : look });
    this.#bar.set('tilt', { pressed: tilting });
    this.#bar.set('vr', { label: this.#texts[presenting ? 'vr.leave' : 'vr'] });
  }

  /** @param {'looks' | 'help'} name */
  toggle(name) {
    this.#bar.toggle(name);
  }

  dispose() {
    this.#stop.abort();
    this.#bar.dispose();
    this.box.remove();
  }

  #fullscreen = () => {
    const full = document.fullscreenElement === this.#host;
    this.#bar.set('fullscreen', {
      label: this.#texts[full ? 'fullscreen.leave' : 'fullscreen'],
      icon: full ? 'smaller' : 'fullscreen',
    });
  };
}
