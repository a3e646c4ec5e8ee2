/**
 * The headset. The eye starts at the capture point (the origin of the reference space `local`), facing where the
 * visitor looked on the screen (the stage's rig is turned by the yaw). No models or pictures are fetched for controllers: a panorama needs no hands.
 *
 * Ways out: the headset's own menu, squeeze, a long press of the trigger (or a long pinch), the page's button.
 */

import { MathUtils, Vector3 } from 'three';
import { EN } from './texts.js';

/** @typedef {import('./stage.js').Stage} Stage */
/** @typedef {'insecure' | 'missing' | 'blocked' | 'unsupported' | 'refused'} NoVrReason */

const SNAP_DEG = 30;
const SNAP_AT = 0.7; // of the thumbstick's way
const SNAP_AGAIN_BELOW = 0.3;
const LONG_PRESS_MS = 1500;
const FOVEATION = 0.2; // three's default of 1 blurs the rim; a panorama is all texture

/** Why there is no VR, as one sentence: English until `translate`. */
export class NoVr extends Error {
  name = 'NoVr';
  /** @param {NoVrReason} reason */
  constructor(reason) {
    super(EN[`vr.${reason}`]);
    this.reason = reason;
  }

  /** @param {import('./texts.js').Texts} texts */
  translate(texts) {
    this.message = texts[`vr.${this.reason}`];
    return this;
  }
}

/** @param {XRSystem} system @returns {Promise<NoVrReason | null>} null where nothing speaks against it */
async function whyNot(system) {
  try {
    return (await system.isSessionSupported('immersive-vr')) ? null : 'unsupported';
  } catch (error) {
    return error instanceof DOMException && error.name === 'SecurityError' ? 'blocked' : 'unsupported';
  }
}

/**
 * Must be called from a click or a key press: browsers ask for that.
 * @param {Stage} stage @param {number} yaw degrees, where to face at the start
 * @param {() => void} onEnd the canvas is back on the page
 * @returns {Promise<XRSession>}
 * @throws {NoVr}
 */
export async function enterVR(stage, yaw, onEnd) {
  const { xr } = stage.renderer;
  if (!window.isSecureContext) throw new NoVr('insecure');
  if (!navigator.xr) throw new NoVr('missing');
  // Asked for at once, questions afterwards: the browser's patience with a click runs out.
  const system = navigator.xr;
  const session = await system.requestSession('immersive-vr').catch(async () => {
    throw new NoVr((await whyNot(system)) ?? 'refused');
  });
  xr.enabled = true;
  xr.setReferenceSpaceType('local');
  xr.setFoveation(FOVEATION);
  const stopExits = watchExits(session);
  const finish = () => {
    xr.removeEventListener('sessionend', finish);
    stopExits();
    stage.renderer.setAnimationLoop(null);
    xr.enabled = false;
    stage.rig.position.set(0, 0, 0);
    stage.rig.rotation.y = 0;
    onEnd();
  };
  xr.addEventListener('sessionend', finish);
  try {
    await xr.setSession(session);
  } catch {
    await session.end().catch(() => {});
    throw new NoVr('refused');
  }
  turn(stage.rig, yaw, new Vector3());
  const snap = snapTurn(session);
  stage.renderer.setAnimationLoop((_time, frame) => {
    const degrees = snap();
    const space = xr.getReferenceSpace();
    const head = degrees !== 0 && space ? frame?.getViewerPose(space)?.transform.position : undefined;
    if (head) turn(stage.rig, degrees, stage.rig.localToWorld(new Vector3(head.x, head.y, head.z)));
    stage.draw();
  });
  return session;
}

/**
 * Turn the visitor to the right, about a place: about the head, or a turn would be a step as well.
 * (An offset reference space would do the same, but emulators and older browsers get its matrix wrong.)
 * @param {import('three').Group} rig @param {number} degrees @param {Vector3} about metres, in the scene
 */
function turn(rig, degrees, about) {
  const angle = -MathUtils.degToRad(degrees); // three turns to the left
  rig.position.sub(about).applyAxisAngle(rig.up, angle).add(about);
  rig.rotation.y += angle;
  rig.updateMatrixWorld(true);
}

/** @param {XRSession} session @returns {() => number} degrees to turn in this frame, to the right; mostly 0 */
function snapTurn(session) {
  let ready = true;
  return () => {
    let push = 0;
    for (const { gamepad } of session.inputSources) {
      const x = gamepad ? gamepad.axes[2] ?? gamepad.axes[0] ?? 0 : 0; // xr-standard: 2 is the thumbstick, 0 a touchpad
      if (Math.abs(x) > Math.abs(push)) push = x;
    }
    if (Math.abs(push) < SNAP_AGAIN_BELOW) ready = true;
    if (!ready || Math.abs(push) < SNAP_AT) return 0;
    ready = false;
    return Math.sign(push) * SNAP_DEG;
  };
}

/** @param {XRSession} session @returns {() => void} stops watching */
function watchExits(session) {
  let timer = 0;
  const end = () => void session.end().catch(() => {}); // it may have ended by itself in the meantime
  const press = () => {
    clearTimeout(timer);
    timer = window.setTimeout(end, LONG_PRESS_MS);
  };
  const release = () => clearTimeout(timer);
  session.addEventListener('squeeze', end);
  session.addEventListener('selectstart', press);
  session.addEventListener('selectend', release);
  return () => {
    release();
    session.removeEventListener('squeeze', end);
    session.removeEventListener('selectstart', press);
    session.removeEventListener('selectend', release);
  };
}
