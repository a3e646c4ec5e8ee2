"""What a headset has to draw and to keep, held by the viewer whatever the file is: counted at WebGL itself."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser import room, world
from tests.browser.foreign import banded_glb
from tests.browser.headset import enter, eyes, headset_script, press, truth
from tests.browser.test_swell import data_url

TRIANGLES, CALLS, BYTES = 200_000, 6, 64_000_000
# Textures alive, as WebGL was told; what one frame draws, with both its eyes.
COUNT = """
window.gpu = { textures: new Map(), calls: 0, triangles: 0, last: null };
{
    const proto = WebGL2RenderingContext.prototype, own = {};
    const around = (name, note) => {
        own[name] = proto[name];
        proto[name] = function (...given) { note(this, ...given); return own[name].apply(this, given); };
    };
    const bound = new Map();
    let unit = 0;
    around('activeTexture', (gl, which) => { unit = which; });
    around('bindTexture', (gl, target, texture) => { bound.set(`${unit} ${target}`, texture); });
    const kept = (target, bytes) => gpu.textures.set(bound.get(`${unit} ${target}`), bytes);
    around('texStorage2D', (gl, target, levels, format, width, height) =>
        kept(target, width * height * 4 * (levels > 1 ? 4 / 3 : 1)));
    around('texImage2D', (gl, target, level, inner, width, height, ...rest) => {
        if (level === 0 && rest.length > 1 && width * height > 4) kept(target, width * height * 4);
    });
    around('deleteTexture', (gl, texture) => gpu.textures.delete(texture));
    const drawn = (mode, count) => { gpu.calls += 1; if (mode === 4) gpu.triangles += count / 3; };
    around('drawElements', (gl, mode, count) => drawn(mode, count));
    around('drawArrays', (gl, mode, first, count) => drawn(mode, count));
}
window.textureBytes = () => [...gpu.textures.values()].reduce((sum, bytes) => sum + bytes, 0);
// What each of the next frames draws, on the average: they are alike.
window.frame = async () => {
    const session = headset.activeSession, next = () => new Promise((go) => session.requestAnimationFrame(go));
    await next();
    const first = viewer.stats().frames;
    gpu.calls = gpu.triangles = 0;
    for (let i = 0; i < 4; i++) await next();
    const frames = viewer.stats().frames - first;
    return { calls: gpu.calls / frames, triangles: gpu.triangles / frames };
};
"""


@pytest.fixture
def page(visit):
    return visit(400, 200, script=headset_script() + COUNT).bare()


def show(page, address: str) -> None:
    page.page.evaluate("(url) => document.getElementById('viewer').load(url)", address)
    page.ready()


def frame(page) -> dict[str, float]:
    return page.get("await frame()")


def test_five_layers_with_an_open_panel_and_a_dark_rim_are_six_calls_for_both_eyes(page, layers):
    show(page, layers)
    enter(page, panel=True)
    page.get("headset.position.set(0.5, 1.6, 0)")  # at the rim of the room for the head: it fades
    press(page, "vignette")
    drawn = frame(page)
    assert page.get("window.panel") is True
    assert drawn["calls"] == CALLS
    assert drawn["triangles"] / 2 <= TRIANGLES
    assert page.get("textureBytes()") <= BYTES


def test_each_layer_has_its_own_picture_in_both_eyes(page, layers):
    # No frame is late here, however slowly the machine draws: the last tier would take triangles away.
    page.get("(Object.defineProperty(XRSession.prototype, 'frameRate', { get: () => 0.5 }), 0)")
    show(page, layers)
    enter(page, yaw=90)
    for side, seen in zip((-1, 1), eyes(page), strict=True):
        expected = world.photo(200, 200, 90, (0, 0, side * 0.0315), yaw=90)
        other = world.photo(200, 200, 90, (0, 0, -side * 0.0315), yaw=90)
        assert room.psnr(seen, expected) > 28
        assert room.psnr(seen, expected) > room.psnr(seen, other), "the eyes are not swapped"


@pytest.fixture(scope="module")
def large() -> bytes:
    """Six pictures of 45 MB each on a graphics card, and 640,000 triangles."""
    return banded_glb(
        lambda rays: room.cast(rays, np.zeros(3))[1],
        room.panorama(1024)[0],
        rows=400,
        columns=800,
        bands=6,
        width=4096,
    )


def test_a_file_of_somebody_else_is_made_to_fit_and_whole_again_on_the_screen(page, large):
    page.page.route("**/large.glb", lambda route: route.fulfill(body=large))
    show(page, "/large.glb")
    before = page.picture()
    assert room.psnr(before, room.photo(400, 200, 70)) > 28
    whole = page.get("textureBytes()")
    assert whole > 4 * BYTES and page.get("viewer.stats().triangles") > 3 * TRIANGLES
    enter(page, panel=True)
    page.until(f"textureBytes() <= {BYTES}")
    drawn = frame(page)
    assert drawn["calls"] <= CALLS and TRIANGLES / 4 < drawn["triangles"] / 2 <= TRIANGLES
    page.get("await press(512, -400)")  # the panel goes
    page.until("window.panel === false")
    for side, seen in zip((-1, 1), eyes(page), strict=True):
        assert room.psnr(seen, truth(side)) > 28
        assert np.abs(seen.astype(int) - truth(side)).max(axis=-1).mean() < 4, "no gap where its parts meet"
    page.get("await viewer.exitVR()")
    page.rest()
    assert page.get("textureBytes()") == whole
    assert room.psnr(page.picture(), before) > 50


def test_what_is_loaded_in_the_headset_fits_from_the_start(page, layers, large):
    page.page.route("**/large.glb", lambda route: route.fulfill(body=large))
    show(page, layers)
    enter(page)
    page.get(
        """(window.most = 0, window.watch = setInterval(() => { most = Math.max(most, textureBytes()); }, 5), 0)"""
    )
    page.get("await viewer.load('/large.glb')")
    drawn = frame(page)
    assert page.get("most") <= BYTES and drawn["calls"] <= CALLS and drawn["triangles"] / 2 <= TRIANGLES
    # And with flat pictures over it, one fading into the other.
    for shade in (90, 160):
        wide = np.full((16, 32, 3), shade, np.uint8).repeat(128, axis=0).repeat(128, axis=1)
        page.get(f"(viewer.preview('{data_url(wide)}'), 0)")
        page.get("await new Promise((go) => setTimeout(go, 400))")
    assert page.get("most") <= BYTES


def test_more_pictures_than_a_call_takes_are_drawn_in_few(page):
    many = banded_glb(
        lambda rays: room.cast(rays, np.zeros(3))[1], room.panorama(256)[0], rows=60, columns=80, bands=20, width=512
    )
    page.page.route("**/many.glb", lambda route: route.fulfill(body=many))
    show(page, "/many.glb")
    assert page.get("viewer.stats().drawCalls") == 20, "a screen looks up no pictures by number"
    assert room.psnr(page.picture(), room.photo(400, 200, 70)) > 25
    enter(page)
    assert frame(page)["calls"] == 4, "two eyes: sixteen pictures, and four"
