/**
 * The view in a link: `#yaw=12.5&pitch=-3&x=0.2&fov=50`. Pure, tested by node.
 *
 * Only what differs from the start is written; a tenth of a degree and a centimetre are finer than an eye can tell.
 */

import { allowed, clamp, FOV_DEFAULT, FOV_MAX, FOV_MIN, HOME } from './look.js';

/** @typedef {import('./look.js').View} View */

const DECIMALS = /** @type {const} */ ({ yaw: 1, pitch: 1, x: 2, y: 2, z: 2 });
const KEYS = /** @type {(keyof typeof DECIMALS)[]} */ (Object.keys(DECIMALS));

/** @param {View} view @returns {string} without the `#`; empty at the start */
export function encodeView({ pose, fov }) {
  const parts = [];
  for (const key of KEYS) {
    const value = Number(pose[key].toFixed(DECIMALS[key]));
    if (value !== 0) parts.push(`${key}=${value}`);
  }
  const zoom = Number(fov.toFixed(1));
  if (zoom !== FOV_DEFAULT) parts.push(`fov=${zoom}`);
  return parts.join('&');
}

/**
 * Anyone can write a link: what is not a number is left out, what is out of range becomes the nearest allowed value.
 * @param {string} hash with or without the `#` @returns {View | null} null where the hash says nothing about the view
 */
export function decodeView(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  /** @param {string} key */
  const read = (key) => {
    const text = given.get(key);
    return text !== null && /^-?\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
  };
  const numbers = Object.fromEntries([...KEYS, 'fov'].map((key) => [key, read(key)]));
  if (Object.values(numbers).every((value) => value === undefined)) return null;
  return { pose: allowed(numbers, HOME), fov: clamp(numbers.fov ?? FOV_DEFAULT, FOV_MIN, FOV_MAX) };
}
