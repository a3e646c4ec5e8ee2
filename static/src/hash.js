/**
 * The view in a link: `#yaw=12.5&pitch=-3&x=0.2&fov=50&look=depth`. Pure, tested by node.
 *
 * Only what differs from the start is written; a tenth of a degree and a centimetre are finer than an eye can tell.
 */

import { STRENGTH_DEFAULT, STRENGTH_MAX } from './depth.js';
import { allowed, clamp, FOV_DEFAULT, FOV_MAX, FOV_MIN, HOME } from './look.js';

/** @typedef {import('./look.js').View} View */
/**
 * @typedef {'picture' | 'depth' | 'wireframe' | 'flat' | 'outside'} Look
 * @typedef {'off' | 'anaglyph' | 'side-by-side'} Stereo
 * @typedef {View & { look: Look, stereo: Stereo, depthStrength: number }} WholeView
 */

/** @type {readonly Look[]} */
export const LOOKS = ['picture', 'depth', 'wireframe', 'flat', 'outside'];
/** @type {readonly Stereo[]} */
export const STEREOS = ['off', 'anaglyph', 'side-by-side'];

const DECIMALS = /** @type {const} */ ({ yaw: 1, pitch: 1, x: 2, y: 2, z: 2 });
const KEYS = /** @type {(keyof typeof DECIMALS)[]} */ (Object.keys(DECIMALS));

/** @param {View & Partial<WholeView>} view @returns {string} without the `#`; empty at the start */
export function encodeView({ pose, fov, look = LOOKS[0], stereo = STEREOS[0], depthStrength = STRENGTH_DEFAULT }) {
  const parts = [];
  for (const key of KEYS) {
    const value = Number(pose[key].toFixed(DECIMALS[key]));
    if (value !== 0) parts.push(`${key}=${value}`);
  }
  const zoom = Number(fov.toFixed(1));
  if (zoom !== FOV_DEFAULT) parts.push(`fov=${zoom}`);
  if (look !== LOOKS[0]) parts.push(`look=${look}`);
  if (stereo !== STEREOS[0]) parts.push(`stereo=${stereo}`);
  const strength = Number(depthStrength.toFixed(2));
  if (strength !== STRENGTH_DEFAULT) parts.push(`depth=${strength}`);
  return parts.join('&');
}

/**
 * Anyone can write a link: what is not a number or a known word is left out, what is out of range becomes the nearest
 * allowed value.
 * @param {string} hash with or without the `#` @returns {WholeView | null} null where the hash says nothing about the
 * view
 */
export function decodeView(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  /** @param {string} key */
  const read = (key) => {
    const text = given.get(key);
    return text !== null && /^-?\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
  };
  const numbers = Object.fromEntries([...KEYS, 'fov', 'depth'].map((key) => [key, read(key)]));
  const look = LOOKS.find((each) => each === given.get('look'));
  const stereo = STEREOS.find((each) => each === given.get('stereo'));
  if (!look && !stereo && Object.values(numbers).every((value) => value === undefined)) return null;
  return {
    pose: allowed(numbers, HOME),
    fov: clamp(numbers.fov ?? FOV_DEFAULT, FOV_MIN, FOV_MAX),
    look: look ?? LOOKS[0],
    stereo: stereo ?? STEREOS[0],
    depthStrength: clamp(numbers.depth ?? STRENGTH_DEFAULT, 0, STRENGTH_MAX),
  };
}
