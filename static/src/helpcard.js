/** The card with all hands and keys. */

import { make } from './dom.js';

const ROWS = /** @type {const} */ (['look', 'lean', 'height', 'zoom', 'recentre', 'keys', 'gamepad', 'headset']);

/** @param {import('./texts.js').Texts} texts @returns {Node[]} */
export function makeHelp(texts) {
  const rows = ROWS.map((row) =>
    make('div', {}, make('dt', {}, texts[`help.${row}`]), make('dd', {}, ...withKeys(texts[`help.${row}.how`]))),
  );
  return [make('dl', {}, ...rows)];
}

/** What stands in {braces} is a key. @param {string} text @returns {(Node | string)[]} */
function withKeys(text) {
  return text.split(/\{(.+?)\}/).map((part, i) => (i % 2 ? make('kbd', {}, part) : part));
}
