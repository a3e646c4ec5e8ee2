/** The phone's tilt becomes movement, after a tap: iOS asks its owner first. */

import { wrapDegrees } from './look.js';
import { lookThrough } from './tilt.js';

/** @typedef {import('./motion.js').Motion} Motion */

const SILENT_MS = 1500;
const STILL_DEG = 0.03; // a sensor's noise is no movement

/** Whether this may be a device that knows its tilt and is held in a hand. */
export const mayTilt = () => 'DeviceOrientationEvent' in window && matchMedia('(pointer: coarse)').matches;

/**
 * From a tap or a click. The view goes on from where it is; a drag turns it on top of the tilt.
 * @param {Motion} motion @param {() => void} onNothing there will be no tilt after all
 * @returns {Promise<() => void>} stops
 */
export async function followTilt(motion, onNothing) {
  const { requestPermission } = /** @type {any} */ (DeviceOrientationEvent);
  if (requestPermission && (await requestPermission.call(DeviceOrientationEvent).catch(() => 'denied')) !== 'granted') {
    onNothing();
    return () => {};
  }
  /** @type {{ yaw: number, pitch: number } | null} */
  let last = null;
  const timer = setTimeout(() => last ?? onNothing(), SILENT_MS);
  const listen = (/** @type {DeviceOrientationEvent} */ { alpha, beta, gamma }) => {
    if (alpha === null || beta === null || gamma === null) return;
    const now = lookThrough(alpha, beta, gamma);
    if (!last) motion.aim({ pitch: now.pitch }); // up and down are the world's; only north is anywhere
    else {
      const [yaw, pitch] = [wrapDegrees(now.yaw - last.yaw), now.pitch - last.pitch];
      if (Math.hypot(yaw, pitch) < STILL_DEG) return;
      motion.turn(yaw, pitch);
    }
    last = now;
  };
  window.addEventListener('deviceorientation', listen);
  return () => {
    clearTimeout(timer);
    window.removeEventListener('deviceorientation', listen);
  };
}
