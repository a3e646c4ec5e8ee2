/** The headset's panel: a plane with a drawn picture, made of nothing that has to be fetched. */

import { CanvasTexture, LinearFilter, SRGBColorSpace } from 'three';
import { BUTTONS, buttonAt, PANEL, WORDS } from './panellayout.js';
import { Slab } from './slab.js';

/** @typedef {import('three').Vector3} Vector3 */
/** @typedef {import('./panellayout.js').Button} Button */
/** @typedef {import('./panellayout.js').Box} Box */
/** @typedef {import('./rays.js').Ray} Ray */
/**
 * @typedef {object} PanelState
 * @property {number} depthStrength
 * @property {number} heightM above the place where the picture was taken
 * @property {boolean} vignette
 * @property {{ previous: boolean, next: boolean }} neighbours
 * @property {string} status a sentence instead of the hint
 */

const AWAY_M = 0.95;
const BELOW_M = 0.42;
const EDGE = 8; // pixels below the panel: the rays' white
const FONT = 'system-ui, sans-serif';

export class Panel {
  #canvas = document.createElement('canvas');
  #texture;
  #slab;
  #texts;
  /** @type {PanelState} */
  #state = { depthStrength: 1, heightM: 0, vignette: false, neighbours: { previous: false, next: false }, status: '' };
  /** @type {Button | null} */
  #hovered = null;

  /** @param {import('./texts.js').Texts} texts */
  constructor(texts) {
    this.#texts = texts;
    Object.assign(this.#canvas, { width: PANEL.width, height: PANEL.height + EDGE });
    this.#texture = new CanvasTexture(this.#canvas);
    // At its distance about one pixel of it is one of the headset's: no smaller copies of it.
    Object.assign(this.#texture, { colorSpace: SRGBColorSpace, minFilter: LinearFilter, generateMipmaps: false });
    const share = PANEL.height / (PANEL.height + EDGE);
    this.#slab = new Slab(this.#texture, PANEL.metres, (PANEL.metres * PANEL.height) / PANEL.width, share);
  }

  get mesh() {
    return this.#slab.mesh;
  }

  get open() {
    return this.mesh.visible;
  }

  /** Before the head, a little below the gaze, upright to it. @param {Vector3} head metres in the panel's parent
   * @param {number} angle of the head about +Y, three's way round */
  place(head, angle) {
    this.mesh.position.set(-Math.sin(angle) * AWAY_M, -BELOW_M, -Math.cos(angle) * AWAY_M).add(head);
    this.mesh.rotation.set(-Math.atan2(BELOW_M, AWAY_M), angle, 0, 'YXZ');
    this.mesh.visible = true;
    this.#draw();
  }

  close() {
    this.mesh.visible = false;
  }

  /** @param {Partial<PanelState>} change */
  set(change) {
    Object.assign(this.#state, change);
    if (this.open) this.#draw();
  }

  /** @param {Ray | null} ray in the rig @returns {Button | null | undefined} what it points at; undefined: not at the
   * panel at all */
  at(ray) {
    const point = this.#slab.hit(ray);
    return point ? buttonAt(point.x, point.y) : undefined;
  }

  /** What hands point at is lit. @param {Ray[]} rays in the rig @param {Vector3} eye there */
  point(rays, eye) {
    this.#slab.point(rays, eye);
    const button = rays.map((ray) => this.at(ray)).find((each) => each !== undefined) ?? null;
    if (button === this.#hovered) return;
    this.#hovered = button;
    this.#draw();
  }

  dispose() {
    this.#texture.dispose();
    this.#slab.dispose();
  }

  #draw() {
    const pen = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
    const { depthStrength, heightM, vignette, neighbours, status } = this.#state;
    const t = this.#texts;
    pen.clearRect(0, 0, PANEL.width, PANEL.height);
    pen.fillStyle = '#fff';
    pen.fillRect(0, PANEL.height, PANEL.width, EDGE);
    fillBox(pen, { x: 0, y: 0, width: PANEL.width, height: PANEL.height }, 'rgb(21 23 26 / 0.92)', 40);
    const words = /** @type {Record<Button, string>} */ ({
      previous: `‹ ${t['panel.previous']}`, next: `${t['panel.next']} ›`,
      recentre: t['panel.recentre'], leave: t['panel.leave'],
      'depth-': '−', 'depth+': '+', 'height-': '−', 'height+': '+',
      vignette: `${vignette ? '☑' : '☐'}  ${t['panel.vignette']}`,
    });
    for (const [name, box] of /** @type {[Button, Box][]} */ (Object.entries(BUTTONS))) {
      const off = (name === 'previous' && !neighbours.previous) || (name === 'next' && !neighbours.next);
      const lit = name === this.#hovered && !off;
      const ground = lit ? '#f4f4f2' : name === 'leave' ? '#8c2f2a' : '#34383e';
      if (name !== 'vignette' || lit) fillBox(pen, box, off ? '#24272b' : ground, 20);
      write(pen, box, words[name], lit ? '#17181a' : off ? '#7d8086' : '#f4f4f2', words[name].length < 3 ? 52 : 34);
    }
    write(pen, WORDS.strength, t['panel.strength'], '#c3c6cb', 34);
    write(pen, WORDS.strengthValue, `${Math.round(depthStrength * 100)} %`, '#f4f4f2', 40);
    write(pen, WORDS.height, t['panel.height'], '#c3c6cb', 34);
    write(pen, WORDS.heightValue, `${heightM < -0.001 ? '−' : '+'}${Math.abs(heightM).toFixed(2)} m`, '#f4f4f2', 40);
    const foot = { x: 0, y: PANEL.height - 46, width: PANEL.width, height: 40 };
    write(pen, foot, status || t['panel.hint'], status ? '#f4f4f2' : '#a9adb3', 26);
    this.#texture.needsUpdate = true;
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Box} box @param {string} colour @param {number} radius */
function fillBox(pen, { x, y, width, height }, colour, radius) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fill();
}

/** In the middle, smaller where it would not fit. @param {CanvasRenderingContext2D} pen @param {Box} box
 * @param {string} text @param {string} colour @param {number} size */
function write(pen, { x, y, width, height }, text, colour, size) {
  pen.fillStyle = colour;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.font = `500 ${size}px ${FONT}`;
  const fits = Math.min(1, (width - 16) / pen.measureText(text).width);
  if (fits < 1) pen.font = `500 ${Math.floor(size * fits)}px ${FONT}`;
  pen.fillText(text, x + width / 2, y + height / 2);
}
