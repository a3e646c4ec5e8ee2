"""<ldm3d-viewer>: what hands do to the view, what is drawn when, and what happens to a scene that cannot be shown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.browser import room
from tests.browser.site import OTHER, ROOM

GLB = f"/scenes/{ROOM}/scene.glb"
OTHER_GLB = f"/scenes/{OTHER}/scene.glb"
POSE = "viewer.pose"
FOV = 70.0


@pytest.fixture
def viewer(visit):
    return visit().bare(GLB).ready()


def test_a_texture_pixel_appears_as_itself(viewer):
    viewer.page.evaluate("document.getElementById('viewer').pose = { pitch: -90 }")  # the floor: slow waves of brown
    seen = viewer.picture()
    truth = room.photo(320, 200, FOV, pitch=-90)
    assert np.abs(seen.astype(int) - truth)[60:140, 60:260].mean() < 1.5


def test_a_drag_keeps_what_was_grabbed_under_the_pointer(viewer):
    mouse = viewer.page.mouse
    mouse.move(160, 100)
    mouse.down()
    mouse.move(60, 130, steps=4)
    pose = viewer.get(POSE)
    # The point that was straight ahead is now where the pointer is: 100 pixels to the left, 30 down.
    focal = 100 / math.tan(math.radians(FOV / 2))
    ray = np.array([-100, -30, -focal]) / math.hypot(100, 30, focal)
    world = room.turned(ray, pose["yaw"], pose["pitch"])
    assert np.degrees(np.arccos(-world[2])) < 0.2
    assert pose["yaw"] > 20 and pose["pitch"] > 5
    mouse.up()


def test_keys_turn_move_zoom_and_recentre(viewer):
    press = viewer.page.keyboard.press
    viewer.page.keyboard.press("Tab")
    assert viewer.get("document.activeElement === viewer && viewer.matches(':focus-visible')")

    def after(key: str) -> dict[str, float]:
        press(key)
        viewer.rest()
        return viewer.get("({ ...viewer.pose, fov: viewer.fov })")

    assert after("ArrowRight")["yaw"] > 1
    assert after("ArrowUp")["pitch"] > 1
    assert after("0") == {"x": 0, "y": 0, "z": 0, "yaw": 0, "pitch": 0, "fov": FOV}
    assert after("w")["z"] < -0.01
    assert after("d")["x"] > 0.01
    assert after("e")["y"] > 0.01
    assert after("+")["fov"] < FOV
    for _ in range(30):
        press("w")
    viewer.rest()
    pose = viewer.get(POSE)
    assert 0.45 < math.hypot(pose["x"], pose["y"], pose["z"]) <= 0.5 + 1e-9, "the head stays in its box"
    assert after("Home")["fov"] == FOV


def test_the_wheel_and_a_double_click(viewer):
    viewer.page.mouse.move(160, 100)
    viewer.page.mouse.wheel(0, -200)
    viewer.rest()
    assert viewer.get("viewer.fov") < FOV - 5
    viewer.page.evaluate("document.getElementById('viewer').pose = { yaw: 50 }")
    viewer.page.mouse.dblclick(160, 100)
    viewer.rest()
    assert viewer.get("[viewer.pose.yaw, viewer.fov]") == [0, FOV]


def test_fingers_drag_and_pinch(visit):
    viewer = visit(has_touch=True).bare(GLB).ready()
    touch = viewer.page.context.new_cdp_session(viewer.page)

    def fingers(kind: str, *points: tuple[int, int]) -> None:
        places = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    fingers("touchStart", (160, 100))
    fingers("touchMove", (120, 100))
    fingers("touchMove", (100, 100))
    assert viewer.get("viewer.pose.yaw") > 10
    fingers("touchEnd")
    viewer.rest()
    before = viewer.get("viewer.fov")
    fingers("touchStart", (140, 100), (180, 100))
    fingers("touchMove", (120, 100), (200, 100))
    fingers("touchEnd")
    assert viewer.get("viewer.fov") == pytest.approx(before / 2, rel=0.02)


def test_a_viewer_that_nobody_touches_draws_nothing(viewer):
    viewer.rest()
    frames = viewer.get("viewer.stats().frames")
    viewer.get("await new Promise((go) => setTimeout(go, 1500))")
    assert viewer.get("viewer.stats().frames") == frames
    viewer.page.evaluate("document.getElementById('viewer').pose = { yaw: 5 }")
    viewer.drawn()
    assert viewer.get("viewer.stats().frames") == frames + 1


@pytest.mark.parametrize(
    ("away", "back"),
    [("viewer.hidden = true", "viewer.hidden = false"), ("viewer.style.top = '5000px'", "viewer.style.top = '0'")],
    ids=["display none", "scrolled away"],
)
def test_a_hidden_viewer_draws_nothing_until_it_is_shown(viewer, away, back):
    viewer.get(f"({away}, 0)")
    viewer.rest()
    frames = viewer.get("viewer.stats().frames")
    viewer.get("(viewer.pose = { yaw: 90 }, 0)")
    viewer.rest()
    assert viewer.get("viewer.stats().frames") == frames
    viewer.get(f"({back}, 0)")
    viewer.until(f"viewer.stats().frames > {frames}")
    assert room.psnr(viewer.picture(), room.photo(320, 200, FOV, yaw=90)) > 28


def test_progress_and_load_are_told(visit):
    viewer = visit().bare()
    assert viewer.get("viewer.dataset.state") == "empty"
    told = viewer.page.evaluate(
        """async (url) => {
            const viewer = document.getElementById('viewer'), told = [];
            for (const type of ['progress', 'load', 'error', 'pose'])
                viewer.addEventListener(type, (event) => told.push([type, event.detail]));
            const done = viewer.load(url), during = viewer.dataset.state;
            await done; await viewer.ready;
            return { told, during };
        }""",
        GLB,
    )
    assert told["during"] == "loading"
    progress = [detail for kind, detail in told["told"] if kind == "progress"]
    assert progress[-1]["loaded"] == progress[-1]["total"] > 10_000
    assert [kind for kind, _ in told["told"] if kind in ("load", "error")] == ["load"]


def test_a_newer_load_takes_over(viewer):
    names = viewer.page.evaluate(
        """async ([one, two]) => {
            const viewer = document.getElementById('viewer'), loads = [];
            viewer.addEventListener('load', (event) => loads.push(event.detail.url));
            const first = viewer.load(one).then(() => 'shown', (error) => error.name);
            await viewer.load(two);
            return [await first, ...loads];
        }""",
        [GLB + "?1", OTHER_GLB],
    )
    assert names == ["AbortError", OTHER_GLB]


def test_twenty_swaps_leak_nothing(viewer):
    start = viewer.get("viewer.stats()")
    memory = viewer.page.evaluate(
        """async (urls) => {
            const viewer = document.getElementById('viewer');
            const canvas = viewer.shadowRoot.querySelector('canvas');
            for (let i = 0; i < 20; i++) await viewer.load(urls[i % 2]);
            await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
            return { ...viewer.stats(), same: canvas === viewer.shadowRoot.querySelector('canvas') };
        }""",
        [OTHER_GLB, GLB],
    )
    assert memory["same"]
    assert {key: memory[key] for key in ("textures", "geometries")} == {
        key: start[key] for key in ("textures", "geometries")
    }
    assert start["triangles"] <= 16_000 and 1 <= start["drawCalls"] <= 4


def test_dispose_leaves_nothing_and_the_element_starts_again(viewer):
    left = viewer.page.evaluate(
        """async () => {
            const viewer = document.getElementById('viewer');
            const gl = viewer.shadowRoot.querySelector('canvas').getContext('webgl2');
            viewer.remove();
            await new Promise((go) => setTimeout(go, 50));
            const { length } = viewer.shadowRoot.querySelectorAll('canvas');
            const left = [length, gl.isContextLost(), viewer.dataset.state];
            document.body.append(viewer);
            await viewer.ready;
            return left;
        }"""
    )
    assert left == [0, True, "empty"]
    assert room.psnr(viewer.ready().picture(), room.photo(320, 200, FOV)) > 28


def test_without_webgl_the_flat_picture_is_shown_and_dragged(visit):
    viewer = visit(640, 400, script="HTMLCanvasElement.prototype.getContext = () => null").bare()
    viewer.page.evaluate(
        """([src, poster]) => Object.assign(document.getElementById('viewer'), { poster, src })""",
        [GLB, f"/scenes/{ROOM}/rgb.png"],
    )
    viewer.until("viewer.dataset.state === 'error'")
    assert "flat picture" in viewer.get("viewer.shadowRoot.querySelector('.note p').textContent")
    viewer.page.mouse.move(320, 100)
    viewer.page.mouse.down()
    viewer.page.mouse.move(120, 100, steps=3)
    viewer.page.mouse.up()
    assert viewer.get("viewer.pose.yaw") == pytest.approx(90, abs=2)  # 200 of the picture's 800 pixels
    column = viewer.picture()[200, 320].astype(int)
    assert abs(column - room.photo(3, 3, FOV, yaw=90)[1, 1]).max() < 12
    viewer.faults.clear()  # three.js logs the missing context


def test_without_webgl_a_poster_from_the_start_gives_way_to_the_flat_picture(visit):
    viewer = visit(640, 400, script="HTMLCanvasElement.prototype.getContext = () => null").bare()
    viewer.page.evaluate(
        """(poster) => {
            const html = `<ldm3d-viewer id="viewer" poster="${poster}"></ldm3d-viewer>`;
            document.getElementById('viewer').remove();
            document.body.insertAdjacentHTML('beforeend', html);
        }""",
        f"/scenes/{ROOM}/rgb.png",
    )
    viewer.until("!!viewer.shadowRoot.querySelector('.flat')")
    assert viewer.get("viewer.shadowRoot.querySelector('.picture').hidden")
    viewer.faults.clear()  # three.js logs the missing context
