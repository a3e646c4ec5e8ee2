/**
 * In a frame: the page around says what to show, this one answers. docs/architecture.md has the messages.
 *
 * Only the parent itself, of the same origin, is listened to, and what it sends is an id or a small picture, never an
 * address.
 */

/** @typedef {import('./element.js').Ldm3dViewer} Viewer */

export const SCENE_ID = /^[A-Za-z0-9_-]{16}$/;
const PICTURE = /^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/]+=*$/;
const PICTURE_CHARACTERS = 4_000_000;

/**
 * @param {Viewer} viewer
 * @param {{ show: (id: string) => Promise<void>, current: () => string, painting: (now: boolean) => void }} page
 * @returns {{ moved: (id: string) => void }} tells the parent that the visitor has gone to another scene from within
 */
export function listenToParent(viewer, { show, current, painting }) {
  const answer = (/** @type {object} */ message) =>
    window.parent.postMessage({ ldm3d: 1, ...message }, location.origin);
  let wanted = current();
  addEventListener('message', ({ data, origin, source }) => {
    if (origin !== location.origin || source !== window.parent || data?.ldm3d !== 1) return;
    if (data.type === 'load' && SCENE_ID.test(data.id)) void load(data.id);
    else if (data.type === 'preview' && isPicture(data.image)) {
      painting(true);
      viewer.preview(data.image);
    }
  });
  answer({ type: 'ready' });
  return {
    moved(id) {
      wanted = id;
      answer({ type: 'moved', id });
    },
  };

  /** @param {string} id */
  async function load(id) {
    if (id === wanted && viewer.dataset.state === 'loading') return; // asked twice: once blindly, once after "ready"
    wanted = id;
    painting(false);
    try {
      // The scene before a generation that was cancelled is still there, behind the pictures of the other.
      if (id === current() && viewer.dataset.state === 'ready') viewer.preview('');
      else await show(id);
      answer({ type: 'loaded', id });
    } catch (error) {
      if (wanted === id) answer({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** @param {unknown} image @returns {image is string} */
function isPicture(image) {
  return typeof image === 'string' && image.length <= PICTURE_CHARACTERS && PICTURE.test(image);
}
