/** Gamepads become movement. Asked only while one is connected, and frames are drawn only while it is touched. */

import { wishes } from './gamepad.js';

/** @typedef {import('./motion.js').Motion} Motion */

/** @param {Motion} motion @param {() => void} touched @returns {() => void} stops */
export function watchPads(motion, touched) {
  let request = 0;
  let lastMs = 0;
  const ask = (/** @type {number} */ nowMs) => {
    const seconds = Math.min(nowMs - lastMs, 50) / 1000;
    lastMs = nowMs;
    const pads = navigator.getGamepads().filter((pad) => pad !== null && pad.connected);
    for (const pad of pads) {
      const wish = pad && wishes(pad);
      if (!wish) continue;
      touched();
      if (wish.recentre) motion.recentre();
      if (wish.yaw || wish.pitch) motion.turn(wish.yaw * seconds, wish.pitch * seconds);
      const { right, up, forward } = wish;
      if (right || up || forward) motion.lean({ right: right * seconds, up: up * seconds, forward: forward * seconds });
      if (wish.zoom !== 1) motion.zoom(wish.zoom ** seconds);
    }
    request = pads.length > 0 ? requestAnimationFrame(ask) : 0;
  };
  const start = () => {
    request ||= requestAnimationFrame(ask);
  };
  window.addEventListener('gamepadconnected', start);
  return () => {
    window.removeEventListener('gamepadconnected', start);
    cancelAnimationFrame(request);
  };
}
