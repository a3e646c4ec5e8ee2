/**
 * Where the visitor's head is and where it looks: pure maths, tested by node.
 *
 * Axes as in glTF and in panorama/sphere.py: metres, +Y up, yaw 0 looks along -Z, yaw grows to the right (+X at 90°),
 * pitch grows upwards. Angles are degrees at every border of this file.
 *
 * @typedef {{ x: number, y: number, z: number, yaw: number, pitch: number }} Pose metres and degrees
 * @typedef {{ pose: Pose, fov: number }} View fov: degrees, see verticalFov
 * @typedef {import('./headbox.js').Vec3} Vec3
 */

import { HEAD_RADIUS_M, softStep } from './headbox.js';

export const FOV_DEFAULT = 70;
export const FOV_MIN = 25;
export const FOV_MAX = 100;

/** @type {Readonly<Pose>} */
export const HOME = Object.freeze({ x: 0, y: 0, z: 0, yaw: 0, pitch: 0 });

const RAD = Math.PI / 180;

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** The same direction in [-180, 180). @param {number} degrees */
export function wrapDegrees(degrees) {
  return degrees - 360 * Math.floor((degrees + 180) / 360);
}

/**
 * The nearest pose that a visitor may have: head within HEAD_RADIUS_M, pitch within straight down and straight up, yaw
 * in [-180, 180). What is not a finite number is taken from `current`, so that `{ yaw: 90 }` turns and does not move.
 * @param {Partial<Pose>} wanted @param {Readonly<Pose>} [current] @returns {Pose}
 */
export function allowed(wanted, current = HOME) {
  /** @param {keyof Pose} key */
  const pick = (key) => {
    const value = wanted[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : current[key];
  };
  const [x, y, z] = [pick('x'), pick('y'), pick('z')];
  const shrink = Math.min(1, HEAD_RADIUS_M / (Math.hypot(x, y, z) || 1));
  return {
    x: x * shrink,
    y: y * shrink,
    z: z * shrink,
    yaw: wrapDegrees(pick('yaw')),
    pitch: clamp(pick('pitch'), -90, 90),
  };
}

/**
 * A step of the head in its own directions, seen from above: forward is where the yaw points, up is +Y. It eases out
 * near
 * the edge of the head box.
 * @param {Readonly<Pose>} pose @param {{ forward?: number, right?: number, up?: number }} step metres @returns {Pose}
 */
export function stepped(pose, { forward = 0, right = 0, up = 0 }) {
  const sin = Math.sin(pose.yaw * RAD);
  const cos = Math.cos(pose.yaw * RAD);
  const step = /** @type {Vec3} */ ([forward * sin + right * cos, up, right * sin - forward * cos]);
  const [x, y, z] = softStep([pose.x, pose.y, pose.z], step);
  return allowed({ ...pose, x, y, z });
}

/**
 * Ease towards a goal; the same after one second at 30 and at 120 frames a second. Times in milliseconds.
 * @param {number} value @param {number} goal @param {number} dtMs @param {number} halfLifeMs
 */
export function approach(value, goal, dtMs, halfLifeMs) {
  return goal + (value - goal) * 2 ** (-dtMs / halfLifeMs);
}

/**
 * `approach` for a whole pose; the yaw takes the short way round. Ends exactly on the goal once the rest is too small
 * to see (a tenth of a millimetre, a hundredth of a degree), so that drawing can stop.
 * @param {Readonly<Pose>} pose @param {Readonly<Pose>} goal @param {number} dtMs @param {number} halfLifeMs
 * @returns {Pose}
 */
export function approachPose(pose, goal, dtMs, halfLifeMs) {
  const turn = wrapDegrees(goal.yaw - pose.yaw);
  const near = (/** @type {'x' | 'y' | 'z'} */ key) => Math.abs(goal[key] - pose[key]) < 1e-4;
  if (Math.abs(turn) < 0.01 && Math.abs(goal.pitch - pose.pitch) < 0.01 && near('x') && near('y') && near('z')) {
    return { ...goal };
  }
  return {
    x: approach(pose.x, goal.x, dtMs, halfLifeMs),
    y: approach(pose.y, goal.y, dtMs, halfLifeMs),
    z: approach(pose.z, goal.z, dtMs, halfLifeMs),
    yaw: wrapDegrees(goal.yaw - approach(turn, 0, dtMs, halfLifeMs)),
    pitch: approach(pose.pitch, goal.pitch, dtMs, halfLifeMs),
  };
}

/** @param {Readonly<Pose>} a @param {Readonly<Pose>} b */
export function samePose(a, b) {
  return a.x === b.x && a.y === b.y && a.z === b.z && a.yaw === b.yaw && a.pitch === b.pitch;
}

/**
 * The camera's vertical field of view for the visitor's `fov`. On a wide frame they are the same. On a tall one (a
 * phone) the same vertical field would be a keyhole and the same horizontal one a fish eye, so the two share it.
 * @param {number} fov degrees @param {number} aspect width / height
 */
export function verticalFov(fov, aspect) {
  const half = Math.tan((fov * RAD) / 2) / Math.sqrt(Math.min(1, aspect));
  return (2 * Math.atan(half)) / RAD;
}

/**
 * Half the angles, in radians, that a frame with a flat map spans: all of it at the usual field of view, less at a
 * smaller one.
 * @param {number} fov degrees @param {number} aspect @returns {[number, number]}
 */
export function mapSpan(fov, aspect) {
  const zoom = Math.min(1, fov / FOV_DEFAULT);
  const [x, y] = aspect > 2 ? [(Math.PI / 2) * aspect, Math.PI / 2] : [Math.PI, Math.PI / aspect];
  return [x * zoom, y * zoom];
}

/**
 * A pixel of the frame as a point on the plane one metre before the eye: [right, up].
 * @param {number} px @param {number} py from the frame's top left @param {number} width @param {number} height
 * @param {number} fov @returns {[number, number]}
 */
export function framePoint(px, py, width, height, fov) {
  const half = Math.tan((verticalFov(fov, width / height) * RAD) / 2);
  return [((2 * px) / width - 1) * half * (width / height), (1 - (2 * py) / height) * half];
}

/** World direction (not unit) through a frame point. @param {Pick<Pose, 'yaw' | 'pitch'>} pose
 * @param {[number, number]} point @returns {Vec3} */
export function directionThrough(pose, [a, b]) {
  const [sp, cp] = [Math.sin(pose.pitch * RAD), Math.cos(pose.pitch * RAD)];
  const [sy, cy] = [Math.sin(pose.yaw * RAD), Math.cos(pose.yaw * RAD)];
  const ahead = cp - b * sp;
  return [a * cy + ahead * sy, b * cp + sp, a * sy - ahead * cy];
}

/**
 * Turn the head so that `direction`, a thing that was grabbed, is seen through `point` again: the picture sticks to the
 * finger, at the rim of the frame and near the poles as well. Where no pitch can do that, the nearest one is taken.
 * @param {Readonly<Pose>} pose the pose now: of two solutions the nearer one is meant
 * @param {Vec3} direction world direction, any length @param {[number, number]} point see framePoint @returns {Pose}
 */
export function grabbed(pose, direction, [a, b]) {
  const [dx, dy, dz] = direction;
  const height = dy / Math.hypot(dx, dy, dz);
  // The point's height over the horizon is b·cos(p) + sin(p) = √(1+b²)·sin(p + atan b), over its length.
  const rise = Math.asin(clamp((height * Math.hypot(a, b, 1)) / Math.hypot(b, 1), -1, 1));
  const tilt = Math.atan(b);
  const now = pose.pitch * RAD;
  const other = rise >= 0 ? Math.PI - rise : -Math.PI - rise; // beyond the pole, seen with the head thrown back
  const pitch = [rise - tilt, other - tilt].sort((p, q) => Math.abs(p - now) - Math.abs(q - now))[0];
  const held = clamp(pitch, -Math.PI / 2, Math.PI / 2);
  const yaw = Math.atan2(dx, -dz) - Math.atan2(a, Math.cos(held) - b * Math.sin(held));
  return allowed({ ...pose, yaw: yaw / RAD, pitch: held / RAD });
}
