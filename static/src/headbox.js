/**
 * The room for the head: farther out the holes behind things begin to show. Its edge is felt, not hit: movements
 * outwards
 * ease out near it, movements inwards and along it are free. Pure, no imports, tested by node.
 *
 * @typedef {[number, number, number]} Vec3 metres from the capture point
 */

export const HEAD_RADIUS_M = 0.5;
const FREE_M = 0.3; // up to here nothing is held back

/**
 * A step of the head. The way outwards that is left shrinks with each step by the same share, however the steps are
 * cut:
 * ten small ones lead where one large one leads.
 * @param {Readonly<Vec3>} from within the box @param {Readonly<Vec3>} step @returns {Vec3}
 */
export function softStep(from, step) {
  const to = /** @type {Vec3} */ (from.map((value, axis) => value + step[axis]));
  const before = Math.hypot(...from);
  const wanted = Math.hypot(...to);
  const edge = Math.max(before, FREE_M);
  if (wanted <= edge) return to;
  const room = HEAD_RADIUS_M - FREE_M;
  const reached = HEAD_RADIUS_M - Math.max(0, HEAD_RADIUS_M - edge) * Math.exp(-(wanted - edge) / room);
  return /** @type {Vec3} */ (to.map((value) => (value * reached) / wanted));
}

/**
 * In a headset nothing can hold the head back: there the picture fades instead, beginning a little before the edge.
 * @param {number} distanceM of the head from the middle @returns {number} 0 clear to 1 dark, smooth
 */
export function fade(distanceM) {
  const t = Math.min(1, Math.max(0, (distanceM - 0.85 * HEAD_RADIUS_M) / (0.5 * HEAD_RADIUS_M)));
  return t * t * (3 - 2 * t);
}
