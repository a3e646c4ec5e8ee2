/**
 * Two movements that nobody asked for and that end by themselves: the swell, in which depth comes out of a flat sphere,
 * and one slow sway of the head, which shows that there is depth. Pure, no imports, tested by node.
 */

export const SWELL_MS = 1000;
export const SWAY_AFTER_MS = 1500; // of rest
export const SWAY_MS = 7000;
const SWAY_M = 0.07;

/** Share of the depth that has come out. @param {number} ms since the start @returns {number} 0 to 1, smooth at both
 * ends */
export function swellAt(ms) {
  const t = Math.min(1, Math.max(0, ms / SWELL_MS));
  return t * t * t * (t * (6 * t - 15) + 10);
}

/**
 * Where the head sways to: right, back, left and home again, growing and fading, a little up on the way.
 * @param {number} ms since the start @returns {{ right: number, up: number }} metres; 0 before the start and at the end
 */
export function swayAt(ms) {
  if (!(ms > 0 && ms < SWAY_MS)) return { right: 0, up: 0 };
  const t = ms / SWAY_MS;
  const swell = Math.sin(Math.PI * t) ** 2;
  return { right: SWAY_M * swell * Math.sin(4 * Math.PI * t), up: 0.25 * SWAY_M * swell * Math.sin(2 * Math.PI * t) };
}
