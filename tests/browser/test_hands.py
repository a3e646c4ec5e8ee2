"""Every hand as the browser hands it on: events of pointers, sensors and sticks, through the real loop to the view."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from tests.browser.site import ROOM

GLB = f"/scenes/{ROOM}/scene.glb"
POSE = "viewer.pose"
TILT = "viewer.shadowRoot.querySelector('.bar button.tilt')"
# A phone held upright before the face: beta 90 looks along the horizon, alpha turns to the left.
TELL = """
window.tell = (alpha, beta, gamma) =>
    dispatchEvent(new DeviceOrientationEvent('deviceorientation', { alpha, beta, gamma }));
"""


@pytest.fixture
def viewer(visit):
    return visit().bare(GLB).ready()


@pytest.fixture
def phone(visit):
    """A viewer on a phone whose sensors a test moves; `ios` gives the browser a question before they speak."""

    def open_one(ios: str = ""):
        ask = f"DeviceOrientationEvent.requestPermission = async () => {{ window.asked = true; return '{ios}'; }};"
        script = TELL + (ask if ios else "")
        return visit(360, 640, has_touch=True, script=script).bare(GLB, controls="").ready()

    return open_one


def tap_tilt(viewer) -> None:
    """As a finger does: the first tap wakes the bar, where it had faded, the next one presses."""
    viewer.page.touchscreen.tap(40, 600)
    viewer.page.locator("#viewer .bar button.tilt").tap()


def test_tilt_turns_the_view_after_a_tap(phone):
    viewer = phone()
    viewer.get("(tell(10, 90, 0), tell(40, 90, 0))")
    viewer.rest()
    assert viewer.get(POSE)["yaw"] == 0, "nobody has asked for it"
    tap_tilt(viewer)
    viewer.until(TILT + ".getAttribute('aria-pressed') === 'true'")
    viewer.get("(viewer.pose = { yaw: 20 }, tell(10, 90, 0), tell(-20, 90, 0), tell(-20, 120, 0), 0)")
    viewer.rest()
    pose = viewer.get(POSE)
    assert pose["yaw"] == pytest.approx(50, abs=0.1), "thirty degrees to the right, on from where the view was"
    assert pose["pitch"] == pytest.approx(30, abs=0.1)
    tap_tilt(viewer)
    viewer.until("!viewer.tilting")
    viewer.get("tell(90, 90, 0)")
    viewer.rest()
    assert viewer.get(POSE) == pose


def test_an_iphone_is_asked_first_and_may_say_no(phone):
    viewer = phone("granted")
    assert viewer.get("typeof asked") == "undefined"
    tap_tilt(viewer)
    viewer.until("viewer.tilting && asked")
    viewer.get("(tell(0, 90, 0), tell(-25, 90, 0), 0)")
    viewer.rest()
    assert viewer.get(POSE)["yaw"] == pytest.approx(25, abs=0.1)

    refused = phone("denied")
    tap_tilt(refused)
    refused.until("!viewer.shadowRoot.querySelector('.note').hidden")
    assert "tilt" in refused.get("viewer.shadowRoot.querySelector('.note').textContent")
    assert refused.get("viewer.tilting") is False and refused.get(TILT + ".getAttribute('aria-pressed')") == "false"
    refused.get("(tell(0, 90, 0), tell(-25, 90, 0), 0)")
    refused.rest()
    assert refused.get(POSE)["yaw"] == 0


def test_a_device_that_says_nothing_about_its_tilt_is_not_waited_for(phone):
    viewer = phone()
    tap_tilt(viewer)
    viewer.until("!viewer.shadowRoot.querySelector('.note').hidden")
    assert viewer.get("viewer.tilting") is False


PAD = """
window.pad = { axes: [0, 0, 0, 0], buttons: Array.from({ length: 17 }, () => ({ value: 0, pressed: false })),
    connected: true, mapping: 'standard', index: 0, id: 'a pad' };
window.asked = 0;
navigator.getGamepads = () => { asked += 1; return [null, pad]; };
window.push = (axis, value) => { pad.axes[axis] = value; };
window.press = (button, value) => { pad.buttons[button] = { value, pressed: value > 0 }; };
"""


def test_a_gamepad_looks_leans_zooms_and_faces_forward(visit):
    viewer = visit(script=PAD).bare(GLB).ready()
    assert viewer.get("asked") == 0, "nobody is asked before one is there"
    viewer.get("dispatchEvent(new Event('gamepadconnected'))")
    viewer.until("asked > 2")
    viewer.rest()
    frames = viewer.get("viewer.stats().frames")
    viewer.until(f"asked > {viewer.get('asked') + 5}")
    assert viewer.get("viewer.stats().frames") == frames, "a pad at rest costs no frames"

    for axis, value, come in (
        (2, 1, "viewer.pose.yaw > 5"),
        (3, -1, "viewer.pose.pitch > 5"),
        (0, 1, "Math.hypot(viewer.pose.x, viewer.pose.z) > 0.05"),
    ):
        viewer.get(f"push({axis}, {value})")
        viewer.until(come)
        viewer.get(f"push({axis}, 0)")
    viewer.get("press(7, 1)")
    viewer.until("viewer.fov < 65")
    viewer.get("press(7, 0)")
    viewer.get("press(3, 1)")
    viewer.until("viewer.pose.yaw === 0 && viewer.pose.x === 0 && viewer.fov === 70")
    viewer.get("press(3, 0)")

    viewer.get("(pad.connected = false)")
    viewer.drawn()
    viewer.drawn()
    asked = viewer.get("asked")
    viewer.drawn()
    assert viewer.get("asked") == asked, "gone, and no longer asked"


def test_shift_and_drag_lean_and_the_world_follows_the_hand(viewer):
    page = viewer.page
    page.mouse.move(160, 100)
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(110, 80, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    viewer.rest()
    pose = viewer.get(POSE)
    assert pose["x"] == pytest.approx(0.2, abs=0.02), "fifty of two hundred pixels, 0.8 m over the frame's height"
    assert pose["y"] == pytest.approx(-0.08, abs=0.02)
    assert [pose["z"], pose["yaw"], pose["pitch"]] == [0, 0, 0]


@pytest.fixture
def touched(visit):
    """A touch screen: the viewer, and its fingers: fingers(kind, *places)."""
    viewer = visit(has_touch=True).bare(GLB).ready()
    session = viewer.page.context.new_cdp_session(viewer.page)

    def fingers(kind: str, *places: tuple[int, int]) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return viewer, fingers


def test_two_fingers_lean_and_pinch_at_once(touched):
    viewer, fingers = touched
    fingers("touchStart", (140, 100), (180, 100))
    for step in (10, 20, 30, 40):
        fingers("touchMove", (140 - step, 100), (180 - step, 100))
    viewer.until("Math.abs(viewer.pose.x - 0.16) < 0.03")  # a busy browser hands the last move on a little later
    pose, fov = viewer.get("[viewer.pose, viewer.fov]")
    assert pose["yaw"] == 0
    assert fov == pytest.approx(70, abs=0.5), "the distance between them stayed"
    fingers("touchMove", (80, 100), (160, 100))
    viewer.until("Math.abs(viewer.fov - 35) < 1.5")
    fingers("touchEnd")


def test_a_double_tap_faces_forward_and_two_far_taps_do_not(touched):
    viewer, fingers = touched
    viewer.get("(viewer.pose = { yaw: 40, x: 0.2 }, viewer.fov = 50, 0)")

    def tap(x: int, y: int) -> None:
        fingers("touchStart", (x, y))
        fingers("touchEnd")

    tap(60, 60)
    tap(260, 140)
    viewer.rest()
    assert viewer.get("viewer.pose.yaw") == pytest.approx(40)
    # The machine may be too slow for one pair of taps to be quick: a person would tap again.
    for _ in range(10):
        tap(160, 100)
        tap(163, 102)
        viewer.rest()
        if viewer.get("viewer.fov") == 70:
            break
    assert viewer.get("[viewer.pose.yaw, viewer.pose.x, viewer.fov]") == [0, 0, 70]


def test_a_flick_glides_on_and_who_wants_no_motion_gets_none(visit):
    def flick(viewer) -> tuple[float, float]:
        # From within the page, in one task each move: a slow machine does not turn a flick into a rest.
        return tuple(
            viewer.page.evaluate(
                """async () => {
                    const viewer = document.getElementById('viewer'), frame = viewer.shadowRoot.querySelector('.frame');
                    frame.setPointerCapture = () => {};
                    let now = 1000;
                    const send = (type, x) => {
                        const event = new PointerEvent(type, { clientX: x, clientY: 100, pointerId: 1, buttons: 1 });
                        Object.defineProperty(event, 'timeStamp', { value: now });
                        frame.dispatchEvent(event);
                        now += 16;
                    };
                    send('pointerdown', 200);
                    for (const x of [185, 170, 155, 140]) send('pointermove', x);
                    send('pointerup', 140);
                    return [viewer.pose.yaw, 0];
                }"""
            )
        )

    moving = visit(reduced_motion="no-preference").bare(GLB).ready()
    moving.page.mouse.click(10, 10)  # no sway
    moving.rest()
    let_go, _ = flick(moving)
    moving.rest()
    assert moving.get("viewer.pose.yaw") > let_go + 3

    calm = visit(reduced_motion="reduce").bare(GLB).ready()
    let_go, _ = flick(calm)
    calm.rest()
    assert calm.get("viewer.pose.yaw") == pytest.approx(let_go)


def test_the_edge_of_the_heads_room_is_felt(viewer):
    """Each equal push outwards leads less far, none back, and none beyond half a metre."""
    reached = [0.0]
    # Down and up in one task: on a busy machine a key press may last long enough to count as held.
    key = (
        "['keydown', 'keyup'].map((type) => viewer.dispatchEvent(new KeyboardEvent(type, { code: 'KeyD', key: 'd' })))"
    )
    for _ in range(16):
        viewer.get(key)
        viewer.rest()
        reached.append(viewer.get("viewer.pose.x"))
    steps = [b - a for a, b in pairwise(reached)]
    assert steps[0] == pytest.approx(0.05, abs=1e-6)
    outer = [step for at, step in zip(reached, steps, strict=False) if at > 0.31]
    assert len(outer) >= 3 and all(0 <= b < a for a, b in pairwise(outer))
    assert 0.45 < reached[-1] <= 0.5 and math.isfinite(reached[-1])
