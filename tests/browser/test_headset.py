"""In a headset (Meta's emulator, Quest 3): both eyes see the room from where they are, and there is a way out."""

from __future__ import annotations

import base64
import math
from pathlib import Path

import numpy as np
import pytest

from tests.browser import room
from tests.browser.site import ROOM

ROOT = Path(__file__).resolve().parents[2]
PAGE = f"/s/{ROOM}"
IPD = 0.063
SIDE = 200  # pixels of an eye's picture; 90° wide and high

# The emulator's head starts 1.6 m above its floor. One script: the order of several init scripts is undefined.
EMULATOR = """
window.headset = new IWER.XRDevice(IWER.metaQuest3, { stereoEnabled: true, ipd: 0.063, fovy: Math.PI / 2 });
headset.installRuntime({ forceInstall: true });
"""
# Reads both eyes in the frame in which they are drawn, after the viewer's own callback: later the buffer is gone.
EYES = """
new Promise((done) => {
    const session = headset.activeSession;
    session.requestAnimationFrame(() => session.requestAnimationFrame(() => {
        const gl = session.renderState.baseLayer.context, { width, height } = gl.canvas, side = width / 2;
        done([0, side].map((x) => {
            const pixels = new Uint8Array(4 * side * height);
            gl.readPixels(x, 0, side, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
            return btoa(String.fromCharCode.apply(null, pixels.filter((_, i) => i % 4 !== 3)));
        }));
    }));
})
"""


@pytest.fixture
def page(visit):
    emulator = (ROOT / "node_modules/iwer/build/iwer.min.js").read_text() + ";" + EMULATOR
    return visit(2 * SIDE, SIDE, script=emulator).open(PAGE).ready()


def enter(page, **pose: float) -> None:
    page.page.evaluate("(pose) => { document.getElementById('viewer').pose = pose }", pose)
    page.page.click("#vr")
    page.until("viewer.presenting")


def eyes(page) -> list[np.ndarray]:
    """Left and right, (SIDE, SIDE, 3) uint8."""
    flat = [np.frombuffer(base64.b64decode(text), np.uint8) for text in page.get(EYES)]
    return [each.reshape(SIDE, SIDE, 3)[::-1] for each in flat]  # WebGL's rows go up


def truth(side: int, head: tuple[float, float, float] = (0, 0, 0), yaw: float = 0) -> np.ndarray:
    """What an eye sees there. side: -1 left, 1 right; head in metres from the capture point."""
    place = np.array(head) + room.turned(np.array([side * IPD / 2, 0, 0]), yaw, 0)
    return room.photo(SIDE, SIDE, 90, tuple(place), yaw)


def test_both_eyes_see_the_room_each_from_its_place(page):
    enter(page)
    left, right = eyes(page)
    assert room.psnr(left, truth(-1)) > 28
    assert room.psnr(right, truth(1)) > 28
    assert room.psnr(left, truth(-1)) > room.psnr(left, truth(1)) + 3, "the eyes are not swapped"
    assert room.psnr(right, truth(1)) > room.psnr(right, truth(-1)) + 3


def test_the_eyes_follow_the_head_and_start_where_the_visitor_looked(page):
    enter(page, yaw=60)
    assert room.psnr(eyes(page)[0], truth(-1, yaw=60)) > 28
    # 0.2 m to the head's own right, 0.1 up, and 45 degrees to the left.
    page.get("headset.position.set(0.2, 1.7, 0)")
    page.get("headset.quaternion.set(0, Math.sin(Math.PI / 8), 0, Math.cos(Math.PI / 8))")
    a = math.radians(60)
    left, right = eyes(page)
    moved = (0.2 * math.cos(a), 0.1, 0.2 * math.sin(a))
    assert room.psnr(left, truth(-1, moved, yaw=15)) > 28
    assert room.psnr(right, truth(1, moved, yaw=15)) > 28


def test_the_thumbstick_turns_in_steps_about_the_head(page):
    enter(page)
    page.get("headset.position.set(0.2, 1.6, 0)")
    page.get("headset.controllers.right.updateAxes('thumbstick', 1, 0)")
    eyes(page)
    left, _ = eyes(page)  # held over several frames: still one step
    assert room.psnr(left, truth(-1, (0.2, 0, 0), yaw=30)) > 28


@pytest.mark.parametrize("way", ["button", "squeeze", "long press", "headset"])
def test_leaving_brings_the_page_back_as_it_was(page, way):
    before = page.get("(viewer.pose = { yaw: 25, pitch: 10 }, viewer.pose)")
    shown = page.picture()
    enter(page)
    told = "viewer.addEventListener('xr-end', () => document.body.dataset.left = 'yes')"
    page.get(told)
    if way == "button":
        page.get("document.getElementById('vr').click()")  # the emulator's canvas lies over the page
    elif way == "headset":
        page.get("headset.activeSession.end()")
    else:
        button = "squeeze" if way == "squeeze" else "trigger"
        page.get(f"headset.controllers.right.updateButtonValue('{button}', 1)")
    page.until("document.body.dataset.left === 'yes'")
    page.until("viewer.shadowRoot.querySelector('.frame canvas') !== null")
    page.page.wait_for_selector("#said:empty", state="attached")
    page.rest()
    assert page.get("viewer.pose") == before
    assert page.get("viewer.presenting") is False
    middle = np.s_[60:120]  # between the title and the buttons
    assert room.psnr(page.picture()[middle], shown[middle]) > 40
    frames = page.get("viewer.stats().frames")
    page.get("await new Promise((go) => setTimeout(go, 500))")
    assert page.get("viewer.stats().frames") == frames, "nothing draws on"


def test_a_browser_without_a_headset_says_what_to_do(visit):
    page = visit(640, 480).open(PAGE).ready()
    page.page.click("#vr")
    page.until("document.getElementById('vr-help').matches(':popover-open')")
    assert "headset" in page.page.inner_text("#vr-why")
    page.faults.clear()  # the browser itself says so as well, in its console
