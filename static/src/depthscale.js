/** What the colours of the depth look mean: a bar with distances in metres, near below, far above. */

import { onScale, RAMP, ticks } from './depth.js';
import { make } from './dom.js';
import { fill } from './texts.js';

/** @param {import('./texts.js').Texts} texts @param {string} lang for the numbers */
export function makeDepthScale(texts, lang) {
  const bar = make('div', { class: 'ramp' });
  const marks = make('div', { class: 'marks', 'aria-hidden': 'true' });
  const box = make('div', { class: 'scale', role: 'img' }, bar, marks);
  bar.style.backgroundImage = `linear-gradient(to top, ${RAMP.map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`;
  const metres = new Intl.NumberFormat(lang, { style: 'unit', unit: 'meter', maximumSignificantDigits: 2 });
  return {
    box,
    /** @param {import('./depth.js').Depth} depth */
    show(depth) {
      const near = metres.format(depth.nearM);
      const far = metres.format(depth.farM);
      box.setAttribute('aria-label', fill(texts.scale, { near, far }));
      marks.replaceChildren(
        ...ticks(depth).map((value) => {
          const mark = make('span', {}, metres.format(value));
          mark.style.bottom = `${100 * onScale(value, depth)}%`;
          return mark;
        }),
      );
    },
  };
}
