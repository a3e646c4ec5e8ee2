/** Where what stands on the headset's panel: pure, no imports, tested by node. Pixels from its top left. */

export const PANEL = Object.freeze({ width: 1024, height: 544, metres: 0.72 });

/**
 * @typedef {'previous' | 'next' | 'recentre' | 'leave' | 'depth-' | 'depth+' | 'height-' | 'height+' | 'vignette'}
 * Button
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 */

const GAP = 16;
const MARGIN = 32;
const ROW = 112;
const top = (/** @type {number} */ row) => MARGIN + row * (ROW + GAP);
const inside = PANEL.width - 2 * MARGIN;
const quarter = (inside - 3 * GAP) / 4;
const left = (/** @type {number} */ column) => MARGIN + column * (quarter + GAP);
const cell = (/** @type {number} */ column, /** @type {number} */ row) =>
  ({ x: left(column), y: top(row), width: quarter, height: ROW });

/** A finger's breadth each, at the panel's distance more than three degrees. @type {Record<Button, Box>} */
export const BUTTONS = {
  previous: cell(0, 0),
  next: cell(1, 0),
  recentre: cell(2, 0),
  leave: cell(3, 0),
  'depth-': cell(1, 1),
  'depth+': cell(3, 1),
  'height-': cell(1, 2),
  'height+': cell(3, 2),
  vignette: { x: MARGIN, y: top(3), width: inside, height: 84 },
};

/** Words beside buttons. @type {Record<'strength' | 'strengthValue' | 'height' | 'heightValue', Box>} */
export const WORDS = { strength: cell(0, 1), strengthValue: cell(2, 1), height: cell(0, 2), heightValue: cell(2, 2) };

/** @param {number} u @param {number} v of the panel's plane, v upwards @returns {Button | null} */
export function buttonAt(u, v) {
  const [px, py] = [u * PANEL.width, (1 - v) * PANEL.height];
  for (const [name, { x, y, width, height }] of Object.entries(BUTTONS)) {
    // Half the gap belongs to each neighbour: no dead stripes for an unsteady hand.
    const near = GAP / 2;
    const [beside, above] = [px - x, py - y];
    const hit = beside >= -near && beside <= width + near && above >= -near && above <= height + near;
    if (hit) return /** @type {Button} */ (name);
  }
  return null;
}
