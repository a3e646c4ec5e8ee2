"""In a headset (Meta's emulator, Quest 3): both eyes see the room from where they are, and there is a way out.

What the panel does is in test_panel.py."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from tests.browser import room
from tests.browser.headset import SIDE, enter, eyes, headset_script, truth
from tests.browser.site import ROOM

GLB = f"/scenes/{ROOM}/scene.glb"


@pytest.fixture
def page(visit):
    return visit(2 * SIDE, SIDE, script=headset_script()).bare(GLB).ready()


def test_what_the_headset_is_asked_for(page):
    """One kind of session without a feature (hands would be a question), the place where the picture was taken."""
    page.get(
        """(window.asked = [], ['requestSession', 'requestReferenceSpace'].forEach((name) => {
            const proto = name === 'requestSession' ? XRSystem.prototype : XRSession.prototype, real = proto[name];
            proto[name] = function (...given) { asked.push([name, ...given]); return real.apply(this, given); };
        }), 0)"""
    )
    enter(page)
    assert page.get("asked") == [["requestSession", "immersive-vr"], ["requestReferenceSpace", "local"]]


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
        page.get("viewer.exitVR()")
    elif way == "headset":
        page.get("headset.activeSession.end()")
    else:
        button = "squeeze" if way == "squeeze" else "trigger"
        page.get(f"headset.controllers.right.updateButtonValue('{button}', 1)")
    page.until("document.body.dataset.left === 'yes'")
    page.until("viewer.shadowRoot.querySelector('.frame canvas') !== null")
    page.rest()
    assert page.get("viewer.pose") == before
    assert page.get("viewer.presenting") is False
    assert room.psnr(page.picture(), shown) > 40
    frames = page.get("viewer.stats().frames")
    page.get("await new Promise((go) => setTimeout(go, 500))")
    assert page.get("viewer.stats().frames") == frames, "nothing draws on"


def test_a_tap_during_which_the_machine_stalls_is_no_long_press(page):
    enter(page)
    page.get(
        """await (async () => {
            headset.controllers.right.updateButtonValue('trigger', 1);
            await frames(2);
            const end = performance.now() + 2000;
            while (performance.now() < end);
            await frames(2);
            headset.controllers.right.updateButtonValue('trigger', 0);
            await frames(2);
        })()"""
    )
    page.until("window.panel === true")  # as after any tap
    assert page.get("viewer.presenting")


def test_a_session_that_the_system_ends_or_blurs_comes_back_sane(page):
    before = page.get("(viewer.pose = { yaw: 70 }, viewer.pose)")
    enter(page)
    page.get("headset.updateVisibilityState('hidden')")  # taken off
    eyes_or_none = "await new Promise((go) => setTimeout(go, 300))"
    page.get(eyes_or_none)
    page.get("headset.updateVisibilityState('visible')")
    assert room.psnr(eyes(page)[0], truth(-1, yaw=70)) > 28
    page.get("headset.activeSession.end()")
    page.until("!viewer.presenting")
    assert page.get("viewer.pose") == before
    enter(page)  # and in again
    assert room.psnr(eyes(page)[1], truth(1, yaw=70)) > 28


# Every frame takes 40 ms: a real burden, on the page's own thread.
BURDEN = """(() => { const real = XRSession.prototype.requestAnimationFrame;
XRSession.prototype.requestAnimationFrame = function (callback) {
    return real.call(this, (...given) => {
        const end = performance.now() + 40;
        while (performance.now() < end);
        callback(...given);
    });
}; })()"""
# What the viewer asks of the display, and the property of a layer that headsets have and the emulator has not.
LISTEN = """(() => { window.rates = [];
const real = XRSession.prototype.updateTargetFrameRate;
XRSession.prototype.updateTargetFrameRate = function (hertz) { rates.push(hertz); return real.call(this, hertz); };
XRWebGLLayer.prototype.fixedFoveation = 1; })()"""
FOVEATION = "headset.activeSession.renderState.baseLayer.fixedFoveation"


def test_more_frames_are_asked_for_when_all_were_in_time_and_given_back_when_they_are_not(visit):
    """40 ms are in time for a display of one picture a second, and late for one of ninety."""
    page = visit(2 * SIDE, SIDE, script=headset_script(hertz=1)).bare(GLB).ready()
    page.get(LISTEN)
    page.get(BURDEN)
    enter(page)
    page.until("rates.length === 2")
    assert page.get("rates") == [90, 1]
    assert page.get("viewer.stats().tier") == 0, "the picture is as fine as before"


def test_a_picture_that_is_all_texture_stays_sharp_towards_the_rim(visit):
    page = visit(2 * SIDE, SIDE, script=headset_script(hertz=1)).bare(GLB).ready()
    page.get(LISTEN)
    enter(page)
    assert 0 < page.get(FOVEATION) <= 0.3


def test_late_frames_step_quality_down_and_leaving_gives_it_back(page):
    page.rest()
    whole = page.get("viewer.stats().triangles")
    page.get("(window.tiers = [], viewer.addEventListener('xr-tier', ({ detail }) => tiers.push(detail.tier)), 0)")
    page.get(LISTEN)
    page.get(BURDEN)
    enter(page)
    page.until("tiers.at(-1) === 3")
    assert page.get("tiers") == [1, 2, 3]
    assert page.get("rates") == [], "no more frames where these are late"
    assert page.get(FOVEATION) == 1
    eyes(page)
    triangles, tier = page.get("[viewer.stats().triangles, viewer.stats().tier]")
    assert tier == 3 and 0.1 * whole < triangles / 2 < 0.5 * whole, "two eyes, fewer triangles each"
    left, _ = eyes(page)
    assert room.psnr(left, truth(-1)) > 22, "coarser, and still the room"
    page.get("await viewer.exitVR()")
    page.rest()
    assert page.get("viewer.stats().triangles") == whole
    assert room.psnr(page.picture(), room.photo(2 * SIDE, SIDE, 70)) > 28


def test_beyond_the_head_box_the_picture_fades_smoothly(page):
    enter(page)
    bright = []
    for x in (0.2, 0.5, 0.6, 0.7, 1.0):
        page.get(f"headset.position.set({x}, 1.6, 0)")
        eyes(page)
        bright.append(eyes(page)[0].mean())
    assert bright[1] < bright[0] and all(b < a for a, b in pairwise(bright[1:]))
    assert bright[-1] < 0.1 * bright[0]
    page.get("headset.position.set(0.2, 1.6, 0)")
    eyes(page)
    assert room.psnr(eyes(page)[0], truth(-1, (0.2, 0, 0))) > 28, "and comes back"


def test_a_browser_without_a_headset_says_what_to_do(visit):
    page = visit(640, 480).bare(GLB, controls="vr").ready()
    page.page.locator("#viewer .bar button.vr").click()
    page.until("!viewer.shadowRoot.querySelector('.note').hidden")
    assert "headset" in page.page.locator("#viewer .note").inner_text()
    page.faults.clear()  # the browser itself says so as well, in its console
