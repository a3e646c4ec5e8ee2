/** What the buttons do, by the element's own contract: a page could do the same. */

import { encodeView } from './hash.js';
import { save } from './screenshot.js';
import { NoVr } from './xr.js';

/** @typedef {import('./element.js').Ldm3dViewer} Viewer */
/**
 * @typedef {object} Voice
 * @property {() => import('./texts.js').Texts} texts
 * @property {(text: string, link?: string) => void} say a sentence in the frame
 * @property {(text: string) => void} announce for those who listen
 */

/** @param {Viewer} viewer @param {Voice} voice @returns {import('./overlay.js').Actions} */
export function actionsOf(viewer, { texts, say, announce }) {
  return {
    look: (look) => (viewer.look = look),
    stereo: (stereo) => (viewer.stereo = stereo),
    strength: (strength) => (viewer.depthStrength = strength),
    recentre: () => viewer.recentre(),

    async tilt() {
      const wanted = !viewer.tilting;
      say('');
      await viewer.tilt(wanted);
      if (viewer.tilting === wanted) announce(texts()[wanted ? 'tilt.on' : 'tilt.off']);
    },

    async screenshot() {
      save(await viewer.screenshot(), 'panorama.png');
      announce(texts().saved);
    },

    async fullscreen() {
      if (document.fullscreenElement === viewer) return document.exitFullscreen();
      await viewer.requestFullscreen().catch(() => say(texts()['fullscreen.denied']));
    },

    async vr() {
      if (viewer.presenting) return viewer.exitVR();
      await viewer.enterVR().catch((error) => {
        const blocked = error instanceof NoVr && error.reason === 'blocked';
        // The frame around forbids it, the page alone does not. A pop-up blocker may mind; so the sentence has the
        // link too.
        const page = blocked ? `${location.href.split('#')[0]}#${encodeView(viewer.view)}` : '';
        if (page) window.open(page, '_blank', 'noopener');
        say(error.message, page);
      });
    },
  };
}
