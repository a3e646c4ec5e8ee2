/** From scene to scene without taking the headset off: the server's list, newest first, one step at a time. */

/** @typedef {import('./element.js').Ldm3dViewer} Viewer */

const MOST = 100; // of the list: nobody walks farther in one go

/**
 * @param {Viewer} viewer @param {{ current: () => string, show: (id: string) => Promise<void> }} page
 * current: the scene that is shown, or none
 */
export function walkInHeadset(viewer, { current, show }) {
  /** @type {string[]} */
  let list = [];
  let going = false;
  // Previous is what was made later: it stands before this one on the list.
  const beside = (/** @type {-1 | 1} */ way) => {
    const here = list.indexOf(current());
    return here < 0 ? (way > 0 ? list[0] : undefined) : list[here + way];
  };
  const offer = () => {
    viewer.neighbours = { previous: beside(-1) !== undefined, next: beside(1) !== undefined };
  };
  const step = async (/** @type {-1 | 1} */ way) => {
    const id = beside(way);
    if (going || id === undefined) return;
    going = true;
    await show(id).catch(() => {}); // the viewer has said why, on the panel too
    going = false;
    offer();
  };
  viewer.addEventListener('xr-start', async () => {
    const answer = await fetch(`/api/scenes?limit=${MOST}`).catch(() => null);
    list = answer?.ok ? (await answer.json()).scenes.map((/** @type {{ id: string }} */ { id }) => id) : [];
    offer();
  });
  viewer.addEventListener('xr-previous', () => void step(-1));
  viewer.addEventListener('xr-next', () => void step(1));
}
