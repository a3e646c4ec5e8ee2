/** Into the headset, or one sentence why not. What happens there is in headset.js. */

import { EN } from './texts.js';

/** @typedef {import('./stage.js').Stage} Stage */
/** @typedef {'insecure' | 'missing' | 'blocked' | 'unsupported' | 'refused'} NoVrReason */

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
 * Must be called from a click or a key press: browsers ask for that. The eye starts at the capture point, the origin of
 * the reference space `local`. Hand tracking is not asked for: pinches come without it, and with it a question.
 * @param {Stage} stage @returns {Promise<XRSession>} given to the stage's renderer
 * @throws {NoVr}
 */
export async function startSession(stage) {
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
  try {
    await xr.setSession(session);
  } catch {
    xr.enabled = false;
    await session.end().catch(() => {});
    throw new NoVr('refused');
  }
  return session;
}
