"""The page /s/{id}: words as text, a link that carries the view, sharing, scenes in a frame, a strict policy."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from ldm3d_web.rgbd_files import encode_rgb
from tests.browser import room
from tests.browser.site import OTHER, ROOM, TITLE

ROOT = Path(__file__).resolve().parents[2]
PAGE = f"/s/{ROOM}"


def test_words_are_text_and_nothing_comes_from_elsewhere(visit):
    page = visit(640, 480)
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.open(PAGE).ready()
    assert page.page.inner_text("h1") == TITLE
    assert page.get("document.querySelector('h1').children.length") == 0
    assert page.get("document.querySelector('meta[property=\"og:title\"]').content") == TITLE
    assert [url for url in asked if not url.startswith((page.site.url, "blob:", "data:"))] == []


def test_a_link_carries_where_its_sender_looked(visit):
    page = visit().open(PAGE + "#yaw=35&pitch=-10&x=0.1&fov=50").ready()
    assert page.get("({ ...viewer.pose, fov: viewer.fov })") == {
        "x": 0.1, "y": 0, "z": 0, "yaw": 35, "pitch": -10, "fov": 50,
    }  # fmt: skip
    page.page.keyboard.press("ArrowRight")  # without a click before
    # On a busy machine the key counts as held, and the view stops anywhere: the link has it to a tenth of a degree.
    page.until("viewer.pose.yaw >= 38 && location.hash.startsWith(`#yaw=${Number(viewer.pose.yaw.toFixed(1))}&`)")
    page.get("location.hash = '#yaw=-90'")
    page.until("viewer.pose.yaw === -90 && viewer.pose.pitch === 0")
    page.get("location.hash = '#yaw=1e9&pitch=alert(1)&x=7'")
    page.until("viewer.pose.x === 0.5")
    assert page.get("[viewer.pose.yaw, viewer.pose.pitch]") == [0, 0]


def test_sharing_copies_the_link_or_shows_it(visit):
    page = visit(640, 480, script="delete Navigator.prototype.share", permissions=["clipboard-read", "clipboard-write"])
    page.open(PAGE + "#yaw=20").ready()
    page.page.click("#share")
    page.until("document.getElementById('said').textContent === 'Link copied.'")
    assert page.get("navigator.clipboard.readText()") == f"{page.site.url}{PAGE}#yaw=20"
    page.get("(navigator.clipboard.writeText = () => Promise.reject(), document.execCommand = () => false)")
    page.page.click("#share")
    page.until("document.getElementById('link').matches(':popover-open')")
    assert page.page.input_value("#link-text") == f"{page.site.url}{PAGE}#yaw=20"


def test_every_download_is_there(visit):
    page = visit(640, 480).open(PAGE).ready()
    page.page.click("[popovertarget=download]")
    links = page.get("[...document.querySelectorAll('.files a')].map((link) => link.href)")
    assert len(links) == 5
    assert [page.page.request.get(link).status for link in links] == [200] * 5
    page.page.keyboard.press("Escape")
    assert not page.get("document.getElementById('download').matches(':popover-open')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_on_a_small_phone(visit, scheme):
    page = visit(360, 640, color_scheme=scheme, has_touch=True).open(PAGE).ready()
    page.page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    for card in ("download", "about", "embed", "link", "vr-help"):
        page.get(f"document.getElementById('{card}').showPopover()")
        found = page.get("axe.run().then(({ violations }) => violations.map(({ id, help }) => [id, help]))")
        assert found == []
    page.get("document.getElementById('vr-help').hidePopover()")
    assert page.get("document.documentElement.scrollWidth") <= 360
    sizes = page.get(
        "[...document.querySelectorAll('.actions > *')].map((each) => each.getBoundingClientRect())"
        ".filter(({ width }) => width > 0).map(({ left, right, width, height }) => [left, right, width, height])"
    )
    assert len(sizes) == 5
    for left, right, width, height in sizes:
        assert left >= 0 and right <= 360 and width >= 44 and height >= 44


@pytest.fixture
def framed(visit):
    """A page of the same origin that holds /s/none as the app does, and what its host script was told."""
    page = visit(640, 400)
    html = f"""<!doctype html><title>host</title><link rel="icon" href="data:,">
        <iframe src="/s/none" width="600" height="360" allow="xr-spatial-tracking; fullscreen"></iframe>
        <script type="module">
            import {{ connect }} from '/viewer/host.js';
            window.told = [];
            window.scene = connect(document.querySelector('iframe'), {{
                loaded: (id) => told.push(['loaded', id]),
                failed: (id, message) => told.push(['failed', id, message]),
            }});
            scene.load('{ROOM}'); // before the frame is ready
        </script>"""
    page.page.route("**/host", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.open("/host")
    return page


def test_a_frame_swaps_scenes_in_one_document_and_one_context(framed):
    framed.until(f"told.some(([kind, id]) => kind === 'loaded' && id === '{ROOM}')")
    child = next(frame for frame in framed.page.frames if "/s/" in frame.url)
    framed.get("(window.mark = 1, window.canvas = viewer.shadowRoot.querySelector('canvas'))", child)
    framed.get(f"scene.load('{OTHER}')")
    framed.until(f"told.some(([kind, id]) => kind === 'loaded' && id === '{OTHER}')")
    assert framed.get("[window.mark, canvas === viewer.shadowRoot.querySelector('canvas')]", child) == [1, True]
    assert framed.get("[document.title, location.pathname]", child) == ["The other room – LDM3D", f"/s/{OTHER}"]
    assert framed.get("document.querySelector('.files a').getAttribute('href')", child) == f"/scenes/{OTHER}/scene.glb"

    framed.get("scene.load('NoSuchScene-1234')")
    framed.until("told.some(([kind]) => kind === 'failed')")
    assert "no such scene" in framed.get("told.find(([kind]) => kind === 'failed')[2]")
    assert framed.get("document.title", child) == "The other room – LDM3D"
    framed.until("viewer.stats().geometries > 0", child)
    framed.faults.clear()  # the browser logs the 404

    pixel = base64.b64encode(encode_rgb(np.zeros((1, 2, 3), np.uint8))).decode()
    framed.get(f"scene.preview('data:image/png;base64,{pixel}')")
    framed.until("viewer.shadowRoot.querySelector('img').src.startsWith('data:image/png')", child)


def test_a_frame_listens_to_nobody_else(framed):
    framed.until("told.length === 1")
    child = next(frame for frame in framed.page.frames if "/s/" in frame.url)
    for message in (
        f"{{ ldm3d: 1, type: 'load', id: '../../{OTHER}' }}",
        f"{{ ldm3d: 2, type: 'load', id: '{OTHER}' }}",
        "{ ldm3d: 1, type: 'preview', image: 'https://example.org/spy.png' }",
        "{ ldm3d: 1, type: 'preview', image: 'data:image/svg+xml;base64,AAAA' }",
    ):
        framed.get(f"document.querySelector('iframe').contentWindow.postMessage({message}, '*')")
    framed.get(f"window.postMessage({{ ldm3d: 1, type: 'load', id: '{OTHER}' }}, '*')", child)  # not the parent
    framed.get("await new Promise((go) => setTimeout(go, 300))")
    assert framed.get("document.body.dataset.scene", child) == ROOM
    assert framed.get("viewer.shadowRoot.querySelector('img').hidden", child)


def test_the_empty_page_says_what_to_do(visit):
    page = visit(640, 400).open("/s/none")
    page.until("viewer.dataset.state === 'empty'")
    assert page.page.is_visible("text=No scene here yet")
    assert not page.page.is_visible("#vr")


def test_the_scene_is_seen_on_the_page(visit):
    page = visit(480, 640, reduced_motion="reduce").open(PAGE).ready()
    middle = page.picture()[220:420, :400]  # left of the buttons
    page.until("!document.querySelector('.first')?.checkVisibility()")
    fov = page.get("2 * Math.atan(Math.tan(viewer.fov * Math.PI / 360) / Math.sqrt(480 / 640)) * 180 / Math.PI")
    assert room.psnr(middle, room.photo(480, 640, fov)[220:420, :400]) > 28
