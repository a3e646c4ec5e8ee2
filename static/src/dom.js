/** Making nodes: one call an element, and pictograms as lines. No markup is parsed, so no word can become markup. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, string | boolean>} attributes true: present, false: absent
 * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** @param {keyof typeof ICONS} name @returns {SVGElement} */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

const circle = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ r) =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

const ICONS = {
  looks: `M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z${circle(12, 12, 3)}`,
  picture: `M4 5h16v14H4ZM4 16l5-5 4 4 3-3 4 4${circle(15.5, 9, 1.2)}`,
  depth: 'M12 3.5 21 8l-9 4.5L3 8ZM3 12l9 4.5 9-4.5M3 16l9 4.5 9-4.5',
  wireframe: `${circle(12, 12, 9)}M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18M3 12h18M4.5 7.5h15M4.5 16.5h15`,
  flat: 'M3 6h18v12H3ZM9 6c-1.6 4-1.6 8 0 12M15 6c1.6 4 1.6 8 0 12M3 12h18',
  outside: 'M12 3 20 7.5v9L12 21 4 16.500v-9ZM12 12l8-4.500M12 12 4 7.500M12 12v9',
  recentre: `${circle(12, 12, 7)}M12 2.500v5M12 16.500v5M2.5 12h5M16.5 12h5`,
  tilt: 'M8 4h8v16H8ZM11 17h2M4.5 8C3 10.5 3 13.5 4.5 16M19.5 8c1.5 2.5 1.5 5.5 0 8',
  screenshot: `M4 8h3.500l1.5-2.500h6L16.5 8H20v11H4Z${circle(12, 13, 3.3)}`,
  fullscreen: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  smaller: 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5',
  help: `${circle(12, 12, 9)}M9.5 9.300a2.6 2.6 0 1 1 3.9 2.300c-.9.5-1.4 1-1.4 1.900v.500M12 17v.1`,
  vr: 'M4 7h16a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-4l-2.6-2.8a2 2 0 0 0-2.8 0L8 17H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM7 11h2M15 11h2',
  close: 'M6 6l12 12M18 6 6 18',
};
