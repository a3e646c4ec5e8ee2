/** Where there is no WebGL: the flat picture, as high as the frame, dragged and turned sideways. */

import { wrapDegrees } from './look.js';

/**
 * @param {HTMLElement} frame @param {HTMLElement} focus takes the arrow keys @param {string} url of a 2:1 panorama
 * @param {number} yaw degrees in the middle of the frame
 * @returns {{ yaw: () => number, show: (url: string) => void, dispose: () => void }}
 */
export function showFlat(frame, focus, url, yaw) {
  const picture = document.createElement('div');
  picture.className = 'flat';
  const stop = new AbortController();
  const turn = (/** @type {number} */ degrees) => {
    yaw = wrapDegrees(yaw + degrees);
    const { clientHeight: height, clientWidth: width } = frame;
    // The picture is 2·height wide for 360° and looks along yaw 0 at its middle.
    picture.style.backgroundPositionX = `${width / 2 - height - (yaw / 360) * 2 * height}px`;
  };
  const show = (/** @type {string} */ next) => {
    picture.style.backgroundImage = `url(${JSON.stringify(next)})`;
  };
  const options = { signal: stop.signal };
  picture.addEventListener('pointerdown', (event) => picture.setPointerCapture(event.pointerId), options);
  picture.addEventListener(
    'pointermove',
    (event) => event.buttons && turn((-event.movementX / (2 * frame.clientHeight)) * 360),
    options,
  );
  focus.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'ArrowLeft') turn(-5);
      if (event.key === 'ArrowRight') turn(5);
    },
    options,
  );
  const size = new ResizeObserver(() => turn(0));
  size.observe(frame);
  frame.prepend(picture);
  show(url);
  turn(0);
  return {
    yaw: () => yaw,
    show,
    dispose() {
      stop.abort();
      size.disconnect();
      picture.remove();
    },
  };
}
