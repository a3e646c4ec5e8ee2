/**
 * The flat picture before there is a scene: the poster, and previews of a scene in the making. A panorama (2:1, and of
 * this origin, since WebGL may not read others) goes on the sphere all round; anything else lies blurred over the
 * frame.
 */

/** @typedef {import('./stage.js').Stage} Stage */

const SHAPE = 2;

export class Picture {
  box = document.createElement('img');
  #stage;

  /** @param {() => Stage | null} stage */
  constructor(stage) {
    this.#stage = stage;
    this.box.className = 'picture';
    this.box.alt = '';
    this.box.hidden = true;
  }

  /**
   * @param {string} url none takes it away @param {{ whole?: boolean, atOnce?: boolean }} [how] whole: where it has
   * to lie
   * over the frame it is neither blurred nor cut; atOnce: without fading in
   */
  async show(url, { whole = false, atOnce = false } = {}) {
    if (!url) return this.hide();
    const { box } = this;
    const onSphere = this.#stage() !== null && readable(url);
    // An image that is already on the sphere stays there until the next one is decoded.
    if (!onSphere || !this.#stage()?.hasPicture) {
      box.hidden = onSphere && whole;
      box.classList.toggle('whole', whole);
    }
    box.src = url;
    const decoded = await box.decode().then(() => true, () => false);
    if (!decoded || box.getAttribute('src') !== url || !this.#stage()) return;
    if (onSphere && Math.abs(box.naturalWidth / box.naturalHeight - SHAPE) < 0.01) {
      this.#stage()?.showPicture(box, atOnce);
      box.hidden = true;
    } else box.hidden = false;
  }

  hide() {
    this.box.hidden = true;
    this.box.removeAttribute('src');
    if (this.#stage()?.hasPicture) this.#stage()?.hidePicture();
  }
}

/** @param {string} url whether WebGL may read it */
function readable(url) {
  const { protocol, origin } = new URL(url, document.baseURI);
  return protocol === 'data:' || protocol === 'blob:' || origin === location.origin;
}
