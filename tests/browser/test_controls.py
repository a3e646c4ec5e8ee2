"""The viewer's own buttons: every one works by pointer and by keyboard, fades while idle and never under the focus."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.browser import room
from tests.browser.site import ROOM

GLB = f"/scenes/{ROOM}/scene.glb"
FOV = 70.0
BUTTON = "viewer.shadowRoot.querySelector('.bar button.{}')"
ALL = ["looks", "recentre", "screenshot", "fullscreen", "help", "vr"]


@pytest.fixture
def viewer(visit):
    return visit(640, 480).bare(GLB, controls="").ready()


def click(viewer, name: str) -> None:
    viewer.page.locator(f"#viewer .bar button.{name}").click()


def names(viewer) -> list[str]:
    return viewer.get("[...viewer.shadowRoot.querySelectorAll('.bar button')].map((each) => each.className)")


def test_the_attribute_says_which_buttons_there_are(viewer):
    assert names(viewer) == ALL
    viewer.get("viewer.setAttribute('controls', 'looks vr nothing')")
    assert names(viewer) == ["looks", "vr"]
    viewer.get("viewer.setAttribute('controls', 'none')")
    assert viewer.get("viewer.shadowRoot.querySelector('.bar').checkVisibility()") is False


def test_the_keyboard_reaches_every_button_and_the_bar_stays_while_it_has_the_focus(viewer):
    reached = []
    for _ in range(len(ALL) + 1):
        viewer.page.keyboard.press("Tab")
        reached.append(viewer.get("viewer.shadowRoot.activeElement?.className ?? document.activeElement.localName"))
    assert reached == ["ldm3d-viewer", *ALL]
    viewer.get("viewer.shadowRoot.querySelector('.bar').classList.add('idle')")
    assert viewer.get("getComputedStyle(viewer.shadowRoot.querySelector('.bar')).opacity") == "1"
    outline = viewer.get("getComputedStyle(viewer.shadowRoot.activeElement).outlineStyle")
    assert outline == "solid", "the focus is seen"


def test_the_bar_fades_and_comes_back(viewer):
    viewer.page.mouse.move(200, 200)
    viewer.until("viewer.shadowRoot.querySelector('.bar').classList.contains('idle')")
    viewer.until("getComputedStyle(viewer.shadowRoot.querySelector('.bar')).opacity === '0'")
    viewer.page.mouse.move(210, 200)
    viewer.until("getComputedStyle(viewer.shadowRoot.querySelector('.bar')).opacity === '1'")


@pytest.mark.parametrize("size", [(360, 740), (740, 360), (320, 200)], ids=["upright", "across", "embedded"])
def test_every_target_is_large_and_inside_the_frame(visit, size):
    viewer = visit(*size, has_touch=True).bare(GLB, controls="").ready()
    click(viewer, "looks")
    boxes = viewer.get(
        "[...viewer.shadowRoot.querySelectorAll('button, .options span, input[type=range]')]"
        ".filter((each) => each.checkVisibility()).map((each) => each.getBoundingClientRect())"
        ".map(({ left, right, top, bottom, width, height }) => [left, right, top, bottom, width, height])"
    )
    assert len(boxes) >= 16
    for left, right, _top, _bottom, width, height in boxes:
        assert left >= 0 and right <= size[0] and width >= 44 and height >= 44
    card = viewer.get("viewer.shadowRoot.querySelector('.card.looks').getBoundingClientRect().toJSON()")
    assert card["top"] >= 0 and card["bottom"] <= size[1]


def pick(viewer, value: str) -> None:
    viewer.page.locator(f"#viewer .options label:has(input[value='{value}'])").click()


def test_the_card_changes_the_look_and_says_so(viewer):
    viewer.get("(window.told = [], viewer.addEventListener('look', (event) => told.push(event.detail)), 0)")
    click(viewer, "looks")
    for look in ("depth", "wireframe", "flat", "outside", "picture"):
        pick(viewer, look)
        assert viewer.get("viewer.look") == look
        said = viewer.get("viewer.shadowRoot.querySelector('.live').textContent")
        label = f"#viewer .options label:has(input[value='{look}'])"
        assert said == viewer.page.locator(label).inner_text()
    viewer.page.locator("#viewer input[type=range]").fill("1.5")
    assert viewer.get("viewer.depthStrength") == 1.5
    pick(viewer, "anaglyph")
    assert viewer.get("viewer.stereo") == "anaglyph"
    assert viewer.get("told.length") == 7
    assert viewer.get("told.at(-1)") == {"look": "picture", "stereo": "anaglyph", "depthStrength": 1.5}
    viewer.page.keyboard.press("Escape")
    assert viewer.get("viewer.shadowRoot.querySelector('.card.looks').hidden")
    assert viewer.get("viewer.shadowRoot.activeElement.className") == "looks", "the focus goes back"


def test_arrows_in_the_card_do_not_turn_the_view(viewer):
    click(viewer, "looks")
    viewer.page.locator("#viewer input[type=range]").focus()
    viewer.page.keyboard.press("ArrowRight")
    viewer.rest()
    assert viewer.get("[viewer.depthStrength, viewer.pose.yaw]") == [1.05, 0]


def test_keys_change_the_look_the_depth_and_open_the_help(viewer):
    viewer.page.keyboard.press("Tab")
    for key in ("l", "]", "]", "?"):
        viewer.page.keyboard.press(key)
    assert viewer.get("[viewer.look, Math.round(viewer.depthStrength * 10)]") == ["depth", 12]
    card = viewer.page.locator("#viewer .card.help")
    assert "Shift" in card.inner_text() and "headset" in card.inner_text()
    viewer.page.mouse.click(30, 30)  # a grab at the scene
    assert not card.is_visible()


def test_recentre_and_full_screen(viewer):
    viewer.get("(viewer.pose = { yaw: 40, x: 0.2 }, 0)")
    click(viewer, "recentre")
    viewer.rest()
    assert viewer.get("[viewer.pose.yaw, viewer.pose.x]") == [0, 0]
    click(viewer, "fullscreen")
    viewer.until("document.fullscreenElement === viewer")
    viewer.until(BUTTON.format("fullscreen") + ".title === 'Leave full screen'")
    click(viewer, "fullscreen")
    viewer.until("document.fullscreenElement === null")


def test_the_screenshot_is_what_is_seen(viewer):
    viewer.get("(viewer.pose = { yaw: 30 }, viewer.setAttribute('controls', 'screenshot'), 0)")
    viewer.rest()
    with viewer.page.expect_download() as saved:
        click(viewer, "screenshot")
    assert saved.value.suggested_filename == "panorama.png"
    picture = Image.open(saved.value.path()).convert("RGB")
    assert picture.size == (640, 480)
    assert room.psnr(np.asarray(picture), room.photo(640, 480, FOV, yaw=30)) > 28
    assert viewer.get("(await viewer.screenshot()).type") == "image/png"


def test_depth_has_a_scale_in_metres(viewer):
    assert not viewer.page.locator("#viewer .scale").is_visible()
    viewer.get("(viewer.look = 'depth', 0)")
    scale = viewer.page.locator("#viewer .scale")
    assert scale.is_visible()
    assert "2 m" in scale.inner_text()
    assert scale.get_attribute("aria-label") == "Distance, 1.3 m to 3.7 m"


def test_a_blocked_headset_says_so_and_links_to_the_page(visit):
    page = visit(640, 480)
    html = f"""<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">
        <iframe src="{page.site.url}/framed" width="600" height="440"></iframe>"""
    inner = f"""<!doctype html><html lang="en"><title>framed</title>
        <script type="module" src="/viewer/viewer.js"></script>
        <ldm3d-viewer id="viewer" src="{GLB}"></ldm3d-viewer>"""
    # Another origin, and secure like this one: browsers trust both names of their own machine.
    elsewhere = page.site.url.replace("127.0.0.1", "localhost") + "/elsewhere"
    page.page.route(elsewhere, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.page.route("**/framed", lambda route: route.fulfill(body=inner, content_type="text/html"))
    page.page.goto(elsewhere)
    frame = next(frame for frame in page.page.frames if frame.url.endswith("/framed"))
    page.until("viewer?.dataset.state === 'ready'", frame)
    page.get("(viewer.pose = { yaw: 20 }, 0)", frame)
    with page.page.context.expect_page() as opened:
        frame.locator("#viewer .bar button.vr").click()
    note = frame.locator("#viewer .note")
    assert "does not allow VR" in note.inner_text()
    assert note.locator("a").get_attribute("href") == f"{page.site.url}/framed#yaw=20"
    assert opened.value.url == f"{page.site.url}/framed#yaw=20"
    page.faults.clear()  # the browser logs that the policy forbids it


def as_picture(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
