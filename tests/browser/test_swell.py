"""Before there is a scene: the poster and the previews all round, then depth that swells out, one sway, and rest."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from ldm3d_web.rgbd_files import encode_rgb
from tests.browser import room
from tests.browser.site import OTHER, ROOM
from tests.browser.test_controls import as_picture

GLB = f"/scenes/{ROOM}/scene.glb"
FOV = 70.0
MOVING = {"reduced_motion": "no-preference"}


def data_url(rgb: np.ndarray) -> str:
    return "data:image/png;base64," + base64.b64encode(encode_rgb(rgb)).decode()


def ahead(viewer) -> list[int]:
    return viewer.picture()[100, 160].astype(int).tolist()


def test_a_preview_is_all_round_and_a_better_one_takes_its_place(visit):
    viewer = visit().bare()
    rgb = room.panorama(64)[0].rgb
    viewer.get(f"viewer.preview('{data_url(rgb)}')")
    viewer.until("viewer.shadowRoot.querySelector('.picture').hidden && viewer.stats().textures > 0")
    assert room.psnr(viewer.picture(), room.photo(320, 200, FOV)) > 20, "coarse, but the room"
    viewer.get("(viewer.pose = { yaw: 120, pitch: -20 }, 0)")
    assert room.psnr(viewer.picture(), room.photo(320, 200, FOV, yaw=120, pitch=-20)) > 20, "one can look around in it"
    before = viewer.get("viewer.stats().textures")
    for height in (128, 256):
        finer = room.panorama(height)[0].rgb
        viewer.get(f"(viewer.preview('{data_url(finer)}'), 0)")
        viewer.drawn()
    viewer.until("viewer.shadowRoot.querySelector('.picture').naturalHeight === 256")
    viewer.rest()
    assert room.psnr(viewer.picture(), room.photo(320, 200, FOV, yaw=120, pitch=-20)) > 28
    assert viewer.get("viewer.stats().textures") == before, "previews do not pile up"
    viewer.get("(viewer.preview(''), 0)")
    viewer.drawn()
    assert viewer.get("viewer.stats().textures") == 0


def test_previews_come_over_an_old_scene_and_go_when_the_new_one_fails(visit):
    viewer = visit().bare(GLB).ready()
    viewer.get(f"viewer.preview('{data_url(np.full((8, 16, 3), 200, np.uint8))}')")
    viewer.until("viewer.stats().textures > 1")
    assert ahead(viewer) == [200, 200, 200]
    viewer.get("await viewer.load('/scenes/NoSuchScene-1234/scene.glb').catch(() => 0)")
    above = np.s_[:40]  # the sentence
    assert room.psnr(viewer.picture()[above], room.photo(320, 200, FOV)[above]) > 28
    viewer.faults.clear()  # the browser logs the 404


def test_a_panorama_as_poster_is_all_round_while_the_scene_loads(visit):
    viewer = visit()
    hold: list = []
    viewer.page.route("**/scene.glb", lambda route: hold.append(route))
    viewer.bare()
    viewer.get(f"(viewer.poster = '/scenes/{ROOM}/rgb.png', viewer.src = '{GLB}', 0)")
    viewer.until("viewer.stats().textures > 0")
    viewer.get("(viewer.pose = { yaw: 50 }, 0)")
    shown = viewer.picture()
    outside_ring = np.s_[:, :110]
    assert room.psnr(shown[outside_ring], room.photo(320, 200, FOV, yaw=50)[outside_ring]) > 26
    hold[0].continue_()
    viewer.ready()
    assert room.psnr(viewer.picture(), room.photo(320, 200, FOV, yaw=50)) > 28


def test_any_other_poster_lies_blurred_over_the_frame(visit):
    viewer = visit().bare()
    viewer.get(f"(viewer.poster = '/scenes/{ROOM}/preview.jpg', 0)")
    viewer.until("viewer.shadowRoot.querySelector('.picture').naturalWidth > 0")
    viewer.drawn()
    assert viewer.get("getComputedStyle(viewer.shadowRoot.querySelector('.picture')).filter").startswith("blur")
    assert viewer.get("viewer.shadowRoot.querySelector('.picture').hidden") is False


def test_the_ring_tells_percent_and_bytes(visit):
    viewer = visit(640, 480)
    viewer.page.add_init_script(
        """const real = window.fetch;
        window.fetch = async (url, options) => {
            if (!String(url).endsWith('.glb')) return real(url, options);
            window.feed = null;
            const body = new ReadableStream({ start: (controller) => { window.feed = controller; } });
            return new Response(body, { headers: { 'content-length': '4000000' } });
        };"""
    )
    viewer.bare(GLB)
    viewer.until("!!window.feed")
    viewer.get("feed.enqueue(new Uint8Array(1000000))")
    viewer.until("viewer.shadowRoot.querySelector('.ring b').textContent === '25 %'")
    ring = viewer.page.locator("#viewer .ring")
    assert ring.is_visible()
    assert ring.inner_text().split("\n")[-1] == "1.0 of 4.0 MB"
    assert ring.get_attribute("aria-valuenow") == "25"
    viewer.get("feed.error(new Error('gone'))")
    viewer.until("viewer.dataset.state === 'error'")
    assert not ring.is_visible()
    assert "connection broke" in viewer.get("viewer.shadowRoot.querySelector('.note p').textContent")


def test_depth_swells_out_and_then_the_head_sways_once_and_rests(visit):
    viewer = visit(**MOVING).bare()
    found = viewer.page.evaluate(
        """async (url) => {
            const viewer = document.getElementById('viewer'), poses = [];
            viewer.addEventListener('pose', ({ detail }) => poses.push(detail));
            await viewer.load(url);
            const frames = [];
            const done = performance.now() + 60000;
            let last = -1;
            // Frames are drawn for the swell, then a rest, then for the sway, then none.
            for (let still = 0; still < 30 && performance.now() < done; ) {
                await new Promise((go) => setTimeout(go, 100));
                const now = viewer.stats().frames;
                still = now === last ? still + 1 : 0;
                frames.push(now - last);
                last = now;
            }
            return { frames, poses };
        }""",
        GLB,
    )
    drawn = [count > 0 for count in found["frames"][1:]]
    starts = sum(now and not before for before, now in zip([False, *drawn], drawn, strict=False))
    assert starts >= 2, "a swell and a sway"
    assert not any(drawn[-25:]), "and then it rests"
    assert found["poses"] == [] or found["poses"][-1]["x"] == 0, "a sway is no pose and gets into no link"
    assert room.psnr(viewer.picture(), room.photo(320, 200, FOV)) > 28


def test_a_swell_begins_flat(visit):
    viewer = visit(**MOVING).bare()
    told = viewer.page.evaluate(
        """async (url) => {
            const viewer = document.getElementById('viewer');
            viewer.pose = { x: 0.3 };
            await viewer.load(url);
            // The first frame after the load, then all of it.
            await new Promise((go) => requestAnimationFrame(go));
            const first = await viewer.screenshot();
            return btoa(String.fromCharCode(...new Uint8Array(await first.arrayBuffer())));
        }""",
        GLB,
    )
    moved = room.photo(320, 200, FOV, (0.3, 0, 0))
    first = as_picture(base64.b64decode(told))
    viewer.until("viewer.stats().frames > 10")
    viewer.page.mouse.click(10, 190)  # the visitor takes over: no sway
    viewer.rest()
    whole = viewer.picture()
    assert room.psnr(whole, moved) > 28
    assert room.psnr(first, moved) < room.psnr(whole, moved) - 6


@pytest.mark.parametrize("deed", ["click", "key", "wheel"])
def test_whoever_touches_the_viewer_ends_the_sway(visit, deed):
    viewer = visit(**MOVING).bare(GLB).ready()
    viewer.page.keyboard.press("Tab")
    viewer.page.mouse.move(100, 100)
    # Into the sway: frames again after the rest between.
    viewer.rest()
    frames = viewer.get("viewer.stats().frames")
    viewer.until(f"viewer.stats().frames > {frames}")
    if deed == "click":
        viewer.page.mouse.click(100, 100)
    elif deed == "key":
        viewer.page.keyboard.press("0")
    else:
        viewer.page.mouse.wheel(0, 0.5)
    viewer.rest()
    frames = viewer.get("viewer.stats().frames")
    viewer.get("await new Promise((go) => setTimeout(go, 800))")
    assert viewer.get("viewer.stats().frames") == frames


def test_another_scene_swells_too_and_who_wants_no_motion_gets_it_at_once(visit):
    viewer = visit().bare(GLB).ready()
    frames = viewer.get("viewer.stats().frames")
    viewer.get(f"await viewer.load('/scenes/{OTHER}/scene.glb')")
    viewer.rest()
    assert viewer.get("viewer.stats().frames") - frames <= 3
