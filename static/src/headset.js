/**
 * A session in the headset: frames, panel, ways out, comfort. No models or pictures are fetched for controllers: a
 * panorama needs no hands.
 *
 * Ways out: the headset's own menu, squeeze, a long press of the trigger (or a long pinch), the panel, the page's
 * button.
 */

import { Vector3 } from 'three';
import { STRENGTH_MAX } from './depth.js';
import { fade } from './headbox.js';
import { Pace } from './pace.js';
import { Panel } from './panel.js';
import { rayOf } from './rays.js';
import { Tiers } from './tiers.js';
import { headAngle, recentre, snapTurn, turn } from './turning.js';
import { Veil } from './veil.js';

/** @typedef {import('./stage.js').Stage} Stage */
/** @typedef {import('./panellayout.js').Button} Button */
/**
 * @typedef {object} Wishes what the panel asks of the page and of the viewer
 * @property {(strength: number) => void} strength
 * @property {(way: 'previous' | 'next') => void} other
 * @property {(open: boolean) => void} panel it came or went
 * @property {(tier: number) => void} tier quality has stepped down
 * @property {() => void} end the canvas is back on the page
 */

const LONG_PRESS_MS = 1500;
const GREETING_MS = 5000; // so long the panel shows itself at the start
const SLOWEST_MS = 250; // the most that a frame counts for: in a stalled one nobody reads, and no tap is a long press
const DEFAULT_HZ = 72;
const BETTER_HZ = 90;
const HEIGHT_STEP_M = 0.05;
const HEIGHT_MOST_M = 0.3;
const STRENGTH_STEP = 0.1;

export class Headset {
  #stage;
  #session;
  #wishes;
  #panel;
  #veil = new Veil();
  #tiers;
  #pace;
  #snap;
  #exits;
  #firstHz;
  #lastMs = 0;
  #greetingMs = GREETING_MS;
  #heightM = 0;
  #strength;
  #vignette = false;
  #neighbours = { previous: false, next: false };
  /** @type {XRRigidTransform | null} */
  #head = null;

  /**
   * @param {Stage} stage whose renderer has the session @param {XRSession} session
   * @param {number} yaw degrees, where to face at the start @param {number} strength of depth
   * @param {import('./texts.js').Texts} texts @param {Wishes} wishes
   */
  constructor(stage, session, yaw, strength, texts, wishes) {
    this.#stage = stage;
    this.#session = session;
    this.#wishes = wishes;
    this.#strength = strength;
    this.#panel = new Panel(texts);
    this.#panel.set({ depthStrength: strength });
    this.#tiers = new Tiers(stage.renderer.xr);
    this.#tiers.show(stage.shown);
    if (stage.shown) void this.fit(stage.shown).catch(() => {}); // another scene may come before it is done
    this.#firstHz = session.frameRate ?? DEFAULT_HZ;
    this.#pace = new Pace(this.#firstHz);
    this.#snap = snapTurn(session);
    this.#exits = watchExits(session);
    turn(stage.rig, yaw, new Vector3());
    stage.rig.add(this.#panel.mesh);
    stage.space.add(this.#veil.mesh);
    stage.painter.inHeadset(true);
    session.addEventListener('select', this.#select);
    stage.renderer.xr.addEventListener('sessionend', this.#finish);
    stage.renderer.setAnimationLoop((nowMs, frame) => this.#frame(nowMs, frame));
  }

  get tier() {
    return this.#tiers.tier;
  }

  /** May already have ended by itself. */
  async end() {
    await this.#session.end().catch(() => {});
  }

  /** Before a scene is shown in the headset. @param {import('./loading.js').LoadedScene} scene */
  fit(scene) {
    return this.#tiers.fit(scene);
  }

  /** The scene, its neighbours, or what happens to it has changed.
   * @param {{ strength?: number, neighbours?: { previous: boolean, next: boolean }, status?: string, scene?: boolean
   * }} news */
  tell({ strength, neighbours, status, scene }) {
    if (strength !== undefined) this.#panel.set({ depthStrength: (this.#strength = strength) });
    if (neighbours) this.#panel.set({ neighbours: (this.#neighbours = neighbours) });
    if (status !== undefined) this.#panel.set({ status });
    if (scene) this.#tiers.show(this.#stage.shown);
  }

  /** @param {number} nowMs @param {XRFrame | undefined} frame */
  #frame(nowMs, frame) {
    const space = this.#stage.renderer.xr.getReferenceSpace();
    const pose = space ? frame?.getViewerPose(space) : undefined;
    const dtMs = this.#lastMs ? nowMs - this.#lastMs : 0;
    const feltMs = Math.min(dtMs, SLOWEST_MS);
    this.#lastMs = nowMs;
    if (frame && space && pose) {
      this.#head = pose.transform;
      this.#tiers.scaleViews(pose);
      this.#comfort(dtMs);
      this.#point(frame, space);
      this.#greet(feltMs);
    }
    if (dtMs && this.#session.visibilityState === 'visible') this.#keepPace(dtMs);
    this.#stage.draw();
    this.#exits.step(feltMs);
  }

  /** The head in the scene, metres. */
  #headInScene() {
    const { x, y, z } = /** @type {XRRigidTransform} */ (this.#head).position;
    return this.#stage.rig.localToWorld(new Vector3(x, y, z));
  }

  /** @param {number} dtMs */
  #comfort(dtMs) {
    const degrees = this.#snap();
    if (degrees !== 0) {
      turn(this.#stage.rig, degrees, this.#headInScene());
      if (this.#vignette) this.#veil.blink();
    }
    this.#veil.step(dtMs, 0.96 * fade(this.#headInScene().length()));
  }

  /** @param {XRFrame} frame @param {XRReferenceSpace} space */
  #point(frame, space) {
    if (!this.#panel.open) return;
    const rays = [...this.#session.inputSources]
      .filter((source) => source.targetRayMode === 'tracked-pointer')
      .map((source) => rayOf(frame, space, source))
      .filter((ray) => ray !== null);
    const { x, y, z } = /** @type {XRRigidTransform} */ (this.#head).position;
    this.#panel.point(rays, new Vector3(x, y, z));
  }

  /** The panel shows itself once, so that everyone knows the way out. @param {number} dtMs */
  #greet(dtMs) {
    if (this.#greetingMs <= 0) return;
    if (this.#greetingMs === GREETING_MS) this.#open();
    this.#greetingMs -= Math.max(dtMs, 1);
    if (this.#greetingMs <= 0) this.#close();
  }

  #open() {
    if (!this.#head) return;
    const { x, y, z } = this.#head.position;
    this.#panel.place(new Vector3(x, y, z), headAngle(this.#head));
    this.#wishes.panel(true);
  }

  #close() {
    this.#panel.close();
    this.#wishes.panel(false);
  }

  /** Trigger, pinch, gaze and pinch: all are this event. @param {XRInputSourceEvent} event */
  #select = ({ frame, inputSource }) => {
    const space = this.#stage.renderer.xr.getReferenceSpace();
    this.#greetingMs = 0;
    if (!this.#panel.open) return this.#open();
    const button = this.#panel.at(space && rayOf(frame, space, inputSource));
    if (button === undefined) this.#close();
    else if (button) this.#press(button);
  };

  /** @param {Button} button */
  #press(button) {
    const step = button.endsWith('+') ? 1 : -1;
    if (button === 'leave') void this.end();
    else if (button === 'recentre') this.#recentre();
    else if (button === 'previous' || button === 'next') {
      if (this.#neighbours[button]) this.#wishes.other(button);
    } else if (button === 'vignette') this.#panel.set({ vignette: (this.#vignette = !this.#vignette) });
    else if (button.startsWith('depth')) {
      const wanted = Math.round((this.#strength + step * STRENGTH_STEP) * 10) / 10;
      this.#wishes.strength(Math.min(STRENGTH_MAX, Math.max(0, wanted)));
    } else {
      const before = this.#heightM;
      this.#heightM = Math.min(HEIGHT_MOST_M, Math.max(-HEIGHT_MOST_M, before + step * HEIGHT_STEP_M));
      this.#stage.rig.position.y += this.#heightM - before;
      this.#panel.set({ heightM: this.#heightM });
    }
  }

  #recentre() {
    if (!this.#head) return;
    recentre(this.#stage.rig, this.#head, this.#heightM);
    this.#open(); // the panel stays before the eyes
  }

  /** @param {number} dtMs */
  #keepPace(dtMs) {
    const advice = this.#pace.frame(dtMs);
    if (advice === 'down' && this.#tiers.down()) this.#wishes.tier(this.#tiers.tier);
    else if (advice === 'faster' && this.#tiers.tier === 0) this.#ask(BETTER_HZ);
    else if (advice === 'slower') this.#ask(this.#firstHz);
  }

  /** @param {number} hertz */
  #ask(hertz) {
    if (hertz === this.#firstHz || this.#session.supportedFrameRates?.includes(hertz)) {
      void this.#session.updateTargetFrameRate?.(hertz).then(() => (this.#pace.rate = hertz), () => {});
    }
  }

  #finish = () => {
    const { renderer, rig, painter } = this.#stage;
    renderer.xr.removeEventListener('sessionend', this.#finish);
    this.#session.removeEventListener('select', this.#select);
    this.#exits.stop();
    renderer.setAnimationLoop(null);
    renderer.xr.enabled = false;
    this.#tiers.dispose();
    this.#panel.dispose();
    this.#veil.dispose();
    painter.inHeadset(false);
    rig.position.set(0, 0, 0);
    rig.rotation.y = 0;
    this.#wishes.end();
  };
}

/**
 * A squeeze ends the session, and a press that lasts.
 * @param {XRSession} session
 * @returns {{ step: (dtMs: number) => void, stop: () => void }} step: a frame has passed; stop: watches no more
 */
function watchExits(session) {
  let leftMs = Infinity; // of the press that lasts now
  const end = () => void session.end().catch(() => {}); // it may have ended by itself in the meantime
  const press = () => (leftMs = LONG_PRESS_MS);
  const release = () => (leftMs = Infinity);
  session.addEventListener('squeeze', end);
  session.addEventListener('selectstart', press);
  session.addEventListener('selectend', release);
  return {
    step(dtMs) {
      leftMs -= dtMs;
      if (leftMs > 0) return;
      release();
      end();
    },
    stop() {
      session.removeEventListener('squeeze', end);
      session.removeEventListener('selectstart', press);
      session.removeEventListener('selectend', release);
    },
  };
}
