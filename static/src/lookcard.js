/** The card behind the eye: ways to look, two eyes, strength of depth. */

import { STRENGTH_MAX } from './depth.js';
import { icon, make } from './dom.js';
import { LOOKS, STEREOS } from './hash.js';

/** @typedef {import('./hash.js').Look} Look */
/** @typedef {import('./hash.js').Stereo} Stereo */

/**
 * @param {import('./texts.js').Texts} texts
 * @param {{ look: (look: Look) => void, stereo: (stereo: Stereo) => void, strength: (strength: number) => void }} on
 */
export function makeLookCard(texts, on) {
  const looks = choice('look', texts.looks, LOOKS, (look) => [icon(look), texts[`look.${look}`]], on.look);
  const stereos = choice('stereo', texts.stereo, STEREOS, (stereo) => [texts[`stereo.${stereo}`]], on.stereo);
  const slider = make('input', { type: 'range', min: '0', max: String(STRENGTH_MAX), step: '0.05', id: 'strength' });
  const shown = make('output', { for: 'strength' });
  slider.addEventListener('input', () => on.strength(Number(slider.value)));
  const strength = make(
    'div',
    { class: 'strength' },
    make('label', { for: 'strength' }, texts.strength),
    shown,
    slider,
  );
  return {
    nodes: [looks.box, strength, stereos.box],
    /** @param {{ look: Look, stereo: Stereo, depthStrength: number }} state */
    show({ look, stereo, depthStrength }) {
      looks.pick(look);
      stereos.pick(stereo);
      slider.value = String(depthStrength);
      const text = `${Math.round(depthStrength * 100)} %`;
      shown.textContent = text;
      slider.setAttribute('aria-valuetext', text);
      slider.style.setProperty('--share', String(depthStrength / STRENGTH_MAX));
    },
  };
}

/**
 * One of several: native radio buttons, so that arrows, names and states come from the browser.
 * @template {string} Value
 * @param {string} name @param {string} legend @param {readonly Value[]} values
 * @param {(value: Value) => (Node | string)[]} label @param {(value: Value) => void} onPick
 */
function choice(name, legend, values, label, onPick) {
  const inputs = values.map((value) => {
    const input = make('input', { type: 'radio', name, value });
    input.addEventListener('change', () => onPick(value));
    return input;
  });
  const labels = values.map((value, i) => make('label', {}, inputs[i], make('span', {}, ...label(value))));
  return {
    box: make('fieldset', { class: name }, make('legend', {}, legend), make('div', { class: 'options' }, ...labels)),
    /** @param {Value} value */
    pick(value) {
      for (const input of inputs) input.checked = input.value === value;
    },
  };
}
