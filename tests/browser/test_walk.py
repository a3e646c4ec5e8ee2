"""A scene's page in a headset: in by its own button, on to other scenes from the panel, out where one came to."""

from __future__ import annotations

import json

import pytest

from tests.browser import room
from tests.browser.headset import enter, eyes, headset_script, press, truth
from tests.browser.site import OTHER, ROOM

LIST = {"scenes": [{"id": OTHER}, {"id": ROOM}]}


@pytest.fixture
def page(visit):
    page = visit(400, 200, script=headset_script())
    body = json.dumps(LIST)
    page.page.route("**/api/scenes?**", lambda route: route.fulfill(body=body, content_type="application/json"))
    return page


def test_one_way_into_the_headset_and_not_two(visit):
    page = visit(1000, 700).open(f"/s/{ROOM}").ready()
    ways = page.page.get_by_role("button", name="Enter VR")
    assert ways.count() == 1 and ways.is_visible()


def test_the_panel_leads_to_other_scenes_in_one_session(page):
    page.open(f"/s/{ROOM}").ready()
    enter(page, panel=True)
    page.until("viewer.neighbours.previous && !viewer.neighbours.next")
    page.get("(window.session = headset.activeSession, 0)")
    press(page, "next")  # there is none: nothing happens
    press(page, "previous")
    page.until(f"document.body.dataset.scene === '{OTHER}'")
    page.until("viewer.neighbours.next && !viewer.neighbours.previous")
    assert page.get("viewer.presenting && headset.activeSession === session")
    assert page.get("document.title") == "The other room – LDM3D"
    page.get("await press(512, -400)")  # beside the panel: it goes
    page.until("window.panel === false")
    assert room.psnr(eyes(page)[0], truth(-1)[..., ::-1]) > 28, "the other room has its colours the other way round"
    page.get("await press(512, -400)")
    press(page, "next")
    page.until(f"document.body.dataset.scene === '{ROOM}'")
    press(page, "leave")
    page.until("!viewer.presenting")
    assert page.get("location.pathname") == f"/s/{ROOM}"


def test_a_hidden_page_and_a_session_of_the_system_come_back_sane(page):
    """The tab goes away while the headset shows it, the headset is taken off, the system ends the session."""
    page.open(f"/s/{ROOM}#yaw=40").ready()
    before = page.picture()
    enter(page, yaw=40)
    page.hide(True)
    for state in ("visible-blurred", "hidden"):
        page.get(f"headset.updateVisibilityState('{state}')")
        page.get("await new Promise((go) => setTimeout(go, 100))")
    page.get("headset.activeSession.end()")
    page.until("!viewer.presenting")
    frames = page.get("viewer.stats().frames")
    page.get("(viewer.pose = { yaw: 10 }, viewer.pose = { yaw: 40 }, 0)")
    page.drawn()
    assert page.get("viewer.stats().frames") == frames, "still hidden: nothing is drawn"
    page.hide(False)
    page.until(f"viewer.stats().frames > {frames}")
    middle = slice(42, 74), slice(20, 300)  # between the title and what the page says
    assert room.psnr(page.picture()[middle], before[middle]) > 40
    enter(page, yaw=40)
    assert room.psnr(eyes(page)[1], truth(1, yaw=40)) > 28, "and in again"


def test_the_page_around_a_frame_hears_where_the_visitor_went(page):
    html = f"""<!doctype html><title>host</title><link rel="icon" href="data:,">
        <iframe src="/s/none" width="400" height="200" allow="xr-spatial-tracking; fullscreen"></iframe>
        <script type="module">
            import {{ connect }} from '/viewer/host.js';
            window.told = [];
            const scene = connect(document.querySelector('iframe'), {{
                loaded: (id) => told.push(['loaded', id]), moved: (id) => told.push(['moved', id]) }});
            scene.load('{ROOM}');
        </script>"""
    page.page.route("**/host", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.open("/host")
    page.until(f"told.some(([kind, id]) => kind === 'loaded' && id === '{ROOM}')")
    child = next(frame for frame in page.page.frames if "/s/" in frame.url)
    assert child.get_by_role("button", name="Enter VR").count() == 1
    page.get("viewer.dispatchEvent(new CustomEvent('xr-start'))", child)
    page.until("viewer.neighbours.previous", child)
    page.get("viewer.dispatchEvent(new CustomEvent('xr-previous'))", child)
    page.until(f"told.some(([kind, id]) => kind === 'moved' && id === '{OTHER}')")
    assert page.get("document.body.dataset.scene", child) == OTHER


@pytest.mark.parametrize("size", [(360, 300), (900, 420)], ids=["phone", "laptop"])
def test_in_the_apps_frame_nothing_lies_over_an_open_card(page, size):
    width, height = size
    html = f"""<!doctype html><title>host</title><link rel="icon" href="data:,"><body style="margin: 0">
        <iframe src="/s/{ROOM}" width="{width}" height="{height}" style="border: 0"></iframe>"""
    page.page.route("**/host", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.page.set_viewport_size({"width": width, "height": height})
    page.open("/host")
    child = next(frame for frame in page.page.frames if "/s/" in frame.url)
    page.until("viewer?.dataset.state === 'ready'", child)
    for card in ("looks", "help"):
        page.get(f"viewer.shadowRoot.querySelector('.bar button.{card}').click()", child)
        close = f"viewer.shadowRoot.querySelector('.card.{card} .close')"
        over = "document.elementFromPoint(...(({ left, top, width, height }) => [left + width / 2, top + height / 2])"
        assert page.get(f"{over}({close}.getBoundingClientRect())) === viewer", child), "the cross can be pressed"
        assert not child.locator(".title, .actions").first.is_visible()
        page.get(f"{close}.click()", child)
        assert child.locator(".title").is_visible() and child.locator(".actions").is_visible()
