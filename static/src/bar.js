/** The viewer's own buttons, with a card beside some of them. They fade while nobody stirs, and never under the
 * focus. */

import { icon, make } from './dom.js';

/** @typedef {Parameters<typeof icon>[0]} IconName */
/** @typedef {{ name: string, label: string, icon: IconName, act?: () => unknown, card?: Node[] }} Item
 * act: what a click does; or card: what it opens */

const IDLE_MS = 3500;

export class Bar {
  #host;
  #stop = new AbortController();
  #timer = 0;
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  /** @type {Map<string, HTMLElement>} */
  #cards = new Map();

  /**
   * @param {HTMLElement} host whose movements keep it awake @param {string} label @param {string} closeLabel
   * @param {Item[]} items
   */
  constructor(host, label, closeLabel, items) {
    this.#host = host;
    const roles = { role: 'toolbar', 'aria-label': label, 'aria-orientation': 'vertical' };
    this.box = make('div', { class: 'bar', part: 'bar', ...roles });
    this.cards = make('div', { class: 'cards' });
    this.box.hidden = items.length === 0;
    for (const item of items) this.#add(item, closeLabel);
    const { signal } = this.#stop;
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
      host.addEventListener(type, this.wake, { signal, passive: true });
    }
    host.addEventListener('keydown', (event) => event.key === 'Escape' && this.#escape(event), { signal });
    host.addEventListener('pointerdown', (event) => this.#outside(event), { signal });
    this.wake();
  }

  /** @param {string} name @param {{ label?: string, icon?: IconName, pressed?: boolean }} change */
  set(name, change) {
    const button = this.#buttons.get(name);
    if (!button) return; // not wanted here
    if (change.label) for (const key of ['aria-label', 'title']) button.setAttribute(key, change.label);
    if (change.icon) button.replaceChildren(icon(change.icon));
    if (change.pressed !== undefined) button.setAttribute('aria-pressed', String(change.pressed));
  }

  /** Open a card, or close it where it is open. @param {string} name */
  toggle(name) {
    if (!this.#cards.has(name)) return;
    const open = this.#cards.get(name)?.hidden === true;
    for (const [each, card] of this.#cards) {
      card.hidden = !(open && each === name);
      this.#buttons.get(each)?.setAttribute('aria-expanded', String(open && each === name));
    }
    // For the page around: it makes room for an open card.
    if (open) this.#host.dataset.card = name;
    else delete this.#host.dataset.card;
    this.wake();
  }

  /** Whoever stirs sees the bar for a while. */
  wake = () => {
    this.box.classList.remove('idle');
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.box.classList.toggle('idle', !this.#open()), IDLE_MS);
  };

  dispose() {
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.box.remove();
    this.cards.remove();
  }

  /** @param {Item} item @param {string} closeLabel */
  #add({ name, label, icon: picture, act, card }, closeLabel) {
    const button = make('button', { type: 'button', class: name, 'aria-label': label, title: label }, icon(picture));
    this.#buttons.set(name, button);
    this.box.append(button);
    if (!card) {
      button.addEventListener('click', () => void act?.());
      return;
    }
    const close = make('button', { type: 'button', class: 'close', 'aria-label': closeLabel }, icon('close'));
    const heading = make('h2', { id: `${name}-heading` }, label);
    const id = `${name}-card`;
    const box = make('section', { class: `card ${name}`, id, 'aria-labelledby': heading.id, hidden: true });
    box.append(close, heading, ...card);
    button.setAttribute('aria-expanded', 'false');
    button.setAttribute('aria-controls', box.id);
    this.#cards.set(name, box);
    this.cards.append(box);
    button.addEventListener('click', () => this.toggle(name));
    close.addEventListener('click', () => this.#close());
  }

  /** @returns {string | undefined} the open card's name */
  #open() {
    return [...this.#cards.keys()].find((name) => this.#cards.get(name)?.hidden === false);
  }

  /** The focus goes back to the button that opened it. */
  #close() {
    const name = this.#open();
    if (!name) return;
    this.toggle(name);
    this.#buttons.get(name)?.focus();
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    if (!this.#open()) return;
    event.preventDefault(); // a full screen or a dialog around stays
    event.stopPropagation();
    this.#close();
  }

  /** A grab at the scene closes the card. @param {PointerEvent} event */
  #outside(event) {
    const path = event.composedPath();
    const open = this.#open();
    if (open && !path.includes(this.cards) && !path.includes(this.box)) this.toggle(open);
  }
}
