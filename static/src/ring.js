/** How far a download is: a ring with percent and bytes, in the middle of the frame. */

import { make } from './dom.js';
import { fill } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';
const RADIUS = 26;

/** @param {import('./texts.js').Texts} texts @param {string} lang for the numbers */
export function makeRing(texts, lang) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 60 60');
  svg.setAttribute('aria-hidden', 'true');
  const circles = ['track', 'done'].map((name) => {
    const circle = document.createElementNS(SVG, 'circle');
    for (const [key, value] of Object.entries({ class: name, cx: 30, cy: 30, r: RADIUS, pathLength: 100 })) {
      circle.setAttribute(key, String(value));
    }
    return circle;
  });
  svg.append(...circles);
  const percent = make('b', {});
  const bytes = make('span', {});
  const range = { 'aria-valuemin': '0', 'aria-valuemax': '100' };
  const box = make('div', { class: 'ring', role: 'progressbar', 'aria-label': texts.loading, ...range });
  box.append(svg, percent, bytes);
  const megabytes = new Intl.NumberFormat(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const text = (/** @type {number} */ value) => megabytes.format(value / 1e6);
  return {
    box,
    /** @param {number} loaded @param {number | null} total bytes; null: nobody knows */
    show(loaded, total) {
      const share = total ? Math.min(1, loaded / total) : null;
      box.classList.toggle('unknown', share === null);
      circles[1].style.strokeDasharray = `${share === null ? 25 : share * 100} 100`;
      percent.textContent = share === null ? '' : `${Math.floor(share * 100)} %`;
      const form = texts[total ? 'loading.known' : 'loading.unknown'];
      bytes.textContent = loaded === 0 ? '' : fill(form, { done: text(loaded), total: text(total ?? 0) });
      if (share === null) box.removeAttribute('aria-valuenow');
      else box.setAttribute('aria-valuenow', String(Math.floor(share * 100)));
      const words = [percent.textContent, bytes.textContent].filter(Boolean).join(', ');
      box.setAttribute('aria-valuetext', words || texts.loading);
    },
  };
}
