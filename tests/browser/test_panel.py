"""The panel in the headset: reached by a controller's ray, a pinch, gaze and pinch; every button does its work."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser import room
from tests.browser.headset import MIDDLES, enter, eyes, press, truth
from tests.browser.site import OTHER
from tests.browser.test_headset import page  # noqa: F401  (a fixture)


@pytest.fixture
def inside(page):  # noqa: F811
    enter(page, panel=True)
    return page


def test_leave_by_the_controllers_ray(inside):
    press(inside, "leave")
    inside.until("!viewer.presenting")


def test_leave_by_a_pinch(inside):
    inside.get("headset.primaryInputMode = 'hand'")
    x, y = MIDDLES["leave"]
    inside.get(
        f"""await (async () => {{
            const hand = headset.hands.right;
            await frames(2);
            // A hand's ray starts at its own place: turn the hand until the ray meets the button.
            aim(hand, {x}, {y});
            await frames(2);
            hand.updatePinchValue(1);
            await frames(2);
            hand.updatePinchValue(0);
            await frames(2);
        }})()"""
    )
    inside.until("!viewer.presenting")


def test_leave_by_gaze_and_pinch(inside):
    """Vision Pro's transient pointer: a source that is there only during the pinch, its ray where the eyes look."""
    x, y = MIDDLES["leave"]
    inside.get(
        f"""await (async () => {{
            const session = headset.activeSession;
            aim(headset.controllers.right, {x}, {y});
            await frames(2);
            const real = [...session.inputSources].find((source) => source.handedness === 'right');
            const {{ targetRaySpace }} = real;
            const pointer = {{ targetRayMode: 'transient-pointer', handedness: 'right', targetRaySpace }};
            await new Promise((done) => session.requestAnimationFrame((time, frame) => {{
                for (const type of ['selectstart', 'select', 'selectend'])
                    session.dispatchEvent(Object.assign(new Event(type), {{ frame, inputSource: pointer }}));
                done();
            }}));
        }})()"""
    )
    inside.until("!viewer.presenting")


def test_depth_and_height(inside):
    press(inside, "depth+")
    press(inside, "depth+")
    press(inside, "depth-")
    assert inside.get("Math.round(viewer.depthStrength * 10)") == 11
    inside.get("(viewer.depthStrength = 1, 0)")
    for _ in range(3):
        press(inside, "height+")
    inside.get("await press(512, -400)")  # beside the panel: it goes
    inside.until("window.panel === false")
    assert room.psnr(eyes(inside)[0], truth(-1, (0, 0.15, 0))) > 28


def test_recentre_puts_the_head_back_and_faces_forward(inside):
    inside.get("headset.position.set(0.3, 1.5, 0.2)")
    inside.get("headset.quaternion.set(0, Math.sin(0.4), 0, Math.cos(0.4))")
    press(inside, "recentre")
    # The panel came along before the eyes; it goes when somebody points elsewhere.
    inside.get("await press(512, -2000)")
    inside.until("window.panel === false")
    left, right = eyes(inside)
    assert room.psnr(left, truth(-1)) > 28 and room.psnr(right, truth(1)) > 28


def test_other_scenes_are_asked_for_where_the_page_has_some(inside):
    inside.get(
        "(window.asked = [], ['xr-previous', 'xr-next'].forEach((type) =>"
        " viewer.addEventListener(type, () => asked.push(type))), 0)"
    )
    press(inside, "next")
    assert inside.get("asked") == [], "without a neighbour the button is dead"
    inside.get("(viewer.neighbours = { next: true }, 0)")
    press(inside, "next")
    press(inside, "previous")
    assert inside.get("asked") == ["xr-next"]
    inside.get(f"await viewer.load('/scenes/{OTHER}/scene.glb')")
    assert inside.get("viewer.presenting"), "another scene, the same session"
    inside.get("await press(512, -400)")
    inside.until("window.panel === false")
    left, right = eyes(inside)  # the other room has its colours the other way round
    assert room.psnr(left, truth(-1)[..., ::-1]) > 28 and room.psnr(right, truth(1)[..., ::-1]) > 28


def test_the_trigger_opens_and_closes_the_panel_and_it_is_seen(inside):
    inside.get("await press(512, -400)")
    inside.until("window.panel === false")
    without = eyes(inside)[0].astype(int)
    inside.get("await press(512, -400)")
    inside.until("window.panel === true")
    with_panel = eyes(inside)[0].astype(int)
    changed = np.abs(with_panel - without).max(axis=-1) > 40
    assert 0.05 < changed.mean() < 0.4, "there, and not the whole view"
    assert changed[: changed.shape[0] // 2].mean() < 0.02, "below the gaze"
    assert inside.get("viewer.stats().drawCalls") == 4, "two eyes: the scene, and the panel with its ray"


def test_a_dark_rim_follows_a_turn_only_where_it_is_wished(inside):
    press(inside, "vignette")
    inside.get("await press(512, -400)")
    inside.until("window.panel === false")
    before = eyes(inside)[0].astype(int)
    inside.get("headset.controllers.right.updateAxes('thumbstick', 1, 0)")
    inside.get("await frames(1)")
    after = eyes(inside)[0].astype(int)
    assert after[0].mean() < before[0].mean() * 0.75, "the rim"
    inside.get("headset.controllers.right.updateAxes('thumbstick', 0, 0)")
    inside.get("await frames(14)")
    assert room.psnr(eyes(inside)[0], truth(-1, yaw=30)) > 28, "and clears"
