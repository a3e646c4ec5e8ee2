/**
 * Another scene's words on this page, without leaving it. They come from that scene's own page, so that the template is
 * the only place that knows how they look. Parsing runs no scripts, and the server has escaped every word.
 */

/** @param {string} id @returns {Promise<void>} */
export async function swapTo(id) {
  const response = await fetch(`/s/${id}`);
  if (!response.ok) throw new Error(`The server cannot give this scene's page (it answered ${response.status}).`);
  const other = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const place of document.querySelectorAll('[data-swap]')) {
    const name = /** @type {HTMLElement} */ (place).dataset.swap;
    const given = other.querySelector(`[data-swap="${name}"]`);
    place.replaceChildren(...(given ? document.importNode(given, true).childNodes : []));
  }
  const label = other.querySelector('ldm3d-viewer')?.getAttribute('aria-label');
  if (label) document.querySelector('ldm3d-viewer')?.setAttribute('aria-label', label);
}
