"""It keeps working: a hundred scenes, a lost context, a session that ends by itself, and nothing left at the end."""

from __future__ import annotations

import pytest

from tests.browser import room
from tests.browser.site import OTHER, ROOM

GLB = f"/scenes/{ROOM}/scene.glb"
OTHER_GLB = f"/scenes/{OTHER}/scene.glb"
FOV = 70.0

# Every listener on anything, every observer and timer-like watcher that the page still has.
COUNT = """
window.listeners = new Map();
const key = (target, type) => `${target.constructor.name} ${type}`;
const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (type, listener, options) {
    const signal = options?.signal;
    if (signal?.aborted) return;
    const live = this.live ??= new Map(), id = type + (options === true || options?.capture === true);
    const known = live.get(id) ?? live.set(id, new Set()).get(id);
    if (listener && !known.has(listener)) {
        known.add(listener);
        listeners.set(key(this, type), (listeners.get(key(this, type)) ?? 0) + 1);
        const name = key(this, type);
        const gone = () => known.delete(listener) && listeners.set(name, listeners.get(name) - 1);
        if (signal) add.call(signal, 'abort', gone, { once: true });
        if (options?.once) add.call(this, type, gone, { once: true });
    }
    return add.call(this, type, listener, options);
};
EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const id = type + (options === true || options?.capture === true);
    if (this.live?.get(id)?.delete(listener)) listeners.set(key(this, type), listeners.get(key(this, type)) - 1);
    return remove.call(this, type, listener, options);
};
window.counted = () => Object.fromEntries([...listeners].filter(([name, count]) => count > 0
    && !/^(AbortSignal|FileReader|XMLHttpRequest|Image|HTMLImageElement)/.test(name)));
"""
SWAPS = """async ([urls, times]) => {
    const viewer = document.getElementById('viewer');
    const looks = ['picture', 'depth', 'wireframe', 'flat', 'outside'];
    for (let i = 0; i < times; i++) {
        const stereo = ['off', 'anaglyph', 'side-by-side'][i % 3];
        viewer.view = { look: looks[i % 5], stereo, depthStrength: (i % 4) / 2 };
        await viewer.load(urls[i % 2]);
        if (i % 5 === 0) await new Promise((go) => requestAnimationFrame(go));
    }
    viewer.view = { look: 'picture', stereo: 'off', depthStrength: 1 };
    await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
    const { textures, geometries } = viewer.stats();
    return { textures, geometries, listeners: counted(), nodes: viewer.shadowRoot.querySelectorAll('*').length };
}"""


def test_a_hundred_scenes_in_every_look_leave_what_one_leaves(visit):
    viewer = visit(160, 120, script=COUNT).bare(GLB, controls="").ready()
    first = viewer.page.evaluate(SWAPS, [[OTHER_GLB, GLB], 30])
    after = viewer.page.evaluate(SWAPS, [[OTHER_GLB, GLB], 100])
    assert after == first
    assert first["textures"] <= 4


def test_dispose_leaves_no_listener(visit):
    viewer = visit(160, 120, script=COUNT).bare(controls="")
    # What stays on the element itself is part of it and goes with it: only the world outside counts.
    world = "/^(Window|HTMLDocument|MediaQuery)/"
    outside = f"Object.fromEntries(Object.entries(counted()).filter(([name]) => {world}.test(name)))"
    viewer.get("viewer.remove()")
    viewer.until("viewer === null")
    before = viewer.get(outside)
    viewer.page.evaluate(
        """async ([url, other]) => {
            const viewer = document.createElement('ldm3d-viewer');
            viewer.id = 'viewer';
            document.body.append(viewer);
            await viewer.load(url);
            viewer.view = { look: 'flat' };
            viewer.help();
            await viewer.load(other);
            viewer.remove();
            await new Promise((go) => setTimeout(go, 50));
        }""",
        [GLB, OTHER_GLB],
    )
    assert viewer.get(outside) == before


@pytest.mark.parametrize("look", ["picture", "depth", "wireframe", "flat", "outside"])
def test_a_lost_context_comes_back_in_every_look(visit, look):
    viewer = visit().bare(GLB).ready()
    viewer.get(f"(viewer.view = {{ look: '{look}', pose: {{ yaw: 40 }} }}, 0)")
    viewer.rest()
    before = viewer.picture()
    viewer.lose_context()
    viewer.rest()
    assert viewer.get("[viewer.pose.yaw, viewer.look]") == [40, look]
    assert room.psnr(viewer.picture(), before) > 45


def test_a_tab_that_was_away_comes_back_where_it_was(visit):
    viewer = visit().bare(GLB).ready()
    viewer.get("(viewer.pose = { yaw: 60 }, 0)")
    viewer.rest()
    viewer.hide(True)
    frames = viewer.get("viewer.stats().frames")
    viewer.get("(viewer.look = 'depth', viewer.look = 'picture', 0)")
    viewer.drawn()
    assert viewer.get("viewer.stats().frames") == frames
    viewer.hide(False)
    viewer.until(f"viewer.stats().frames > {frames}")
    assert room.psnr(viewer.picture(), room.photo(320, 200, FOV, yaw=60)) > 28
