/** A gamepad's sticks and buttons as wishes for the view: pure, no imports, tested by node. W3C "standard" mapping. */

const DEAD = 0.15; // a worn stick rests anywhere within
const TURN_DEG_S = 90;
const LEAN_M_S = 0.4;
const ZOOM_S = 1.5; // the field of view's factor in a second

/** @typedef {{ yaw: number, pitch: number, right: number, forward: number, up: number, zoom: number, recentre:
 * boolean }} Wish
 * degrees a second, metres a second, and the factor of the field of view in a second */

/**
 * @param {{ axes: readonly number[], buttons: readonly { value: number, pressed: boolean }[] }} pad
 * @returns {Wish | null} null while nobody touches it
 */
export function wishes({ axes, buttons }) {
  const stick = (/** @type {number} */ i) => {
    const value = axes[i] ?? 0;
    const over = Math.abs(value) - DEAD;
    // From the dead zone's rim it starts at zero, and squared, so that small pushes aim finely.
    return over > 0 ? Math.sign(value) * (over / (1 - DEAD)) ** 2 : 0;
  };
  const press = (/** @type {number} */ i) => {
    const value = buttons[i]?.value ?? 0;
    return value > DEAD ? value : 0;
  };
  const wish = {
    yaw: TURN_DEG_S * (stick(2) + press(15) - press(14)),
    pitch: TURN_DEG_S * (press(12) - press(13) - stick(3)),
    right: LEAN_M_S * stick(0),
    forward: -LEAN_M_S * stick(1),
    up: LEAN_M_S * (press(5) - press(4)),
    zoom: ZOOM_S ** (press(6) - press(7)),
    recentre: press(3) > 0 || press(10) > 0 || press(11) > 0,
  };
  const { zoom, recentre, ...speeds } = wish;
  return recentre || zoom !== 1 || Object.values(speeds).some((speed) => speed !== 0) ? wish : null;
}
