/**
 * A phone as a window: its tilt becomes a direction. Pure, no imports, tested by node.
 *
 * W3C Device Orientation: the device is turned by alpha about its z (out of the screen), then beta about its new x
 * (to the
 * right of the screen), then gamma about its new y (up along the screen); the earth's axes are x east, y north, z up.
 * The
 * visitor looks through the back of the device, along its −z: how the screen itself is turned does not matter for that.
 */

const RAD = Math.PI / 180;

/**
 * @param {number} alpha @param {number} beta @param {number} gamma degrees
 * @returns {{ yaw: number, pitch: number }} degrees; yaw from north to the right, pitch up
 */
export function lookThrough(alpha, beta, gamma) {
  const [sa, ca] = [Math.sin(alpha * RAD), Math.cos(alpha * RAD)];
  const [sb, cb] = [Math.sin(beta * RAD), Math.cos(beta * RAD)];
  const [sg, cg] = [Math.sin(gamma * RAD), Math.cos(gamma * RAD)];
  // The third column of Rz(alpha) Rx(beta) Ry(gamma), turned round.
  const east = -(ca * sg + sa * sb * cg);
  const north = -(sa * sg - ca * sb * cg);
  const up = -cb * cg;
  return { yaw: Math.atan2(east, north) / RAD, pitch: Math.asin(Math.min(1, Math.max(-1, up))) / RAD };
}
