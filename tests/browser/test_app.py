"""The whole way, in a real browser against the real server process: a sentence, the scene, its link, a restart."""

import contextlib
import io
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError as TooLate

from ldm3d_web import samples
from ldm3d_web.ldm3d.registry import MINI_FOLDER
from ldm3d_web.panorama.preview import perspective
from ldm3d_web.scenes.scene import title_of
from tests.browser.conftest import WAIT_S
from tests.khronos import assert_valid_glb
from tests.tiny_models import ZERO_SNR_SCHEDULER, make_ldm3d_folder
from tests.web.process import started

MS = 4 * WAIT_S * 1000
EVIL = "a calm lake at dawn <img src=x onerror='hit=1'> ${globalThis.hit=2} {{value}} {% raw %} مرحبا \u202e 🌊"
ROOT = Path(__file__).resolve().parents[2]
OWN_PARTS = ("#stage", "#ask", "#trouble", "#examples", "#knows", "#shelf")  # the rest of the page is Gradio's
READY = "document.querySelector('ldm3d-viewer')?.dataset.state === 'ready'"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The shipped model where it is there, else a tiny one: the way is the same."""
    if (MINI_FOLDER / "model_index.json").exists():
        return "mini"
    settings = {"name": "tiny", "steps": 4, "guidance": 2.0, "width": 256, "height": 128, "examples": ["a red desert"]}
    return str(make_ldm3d_folder(tmp_path_factory.mktemp("model"), settings=settings, scheduler=ZERO_SNR_SCHEDULER))


@pytest.fixture(scope="module")
def furnished(model, tmp_path_factory):
    """A server that has made its four starters, for tests that leave it as it is."""
    with started(tmp_path_factory.mktemp("furnished"), model, STARTERS=1) as server:
        while len(server.client.get("/api/scenes").json()["scenes"]) < 4:
            time.sleep(0.2)
        yield server


@pytest.fixture
def open_page(browser):
    """Opens an address in a context of its own; foreign requests, script errors and dialogs fail the test."""
    contexts, faults = [], []

    def open_one(url, size=(720, 640)):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=False)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(MS)
        own = (re.match(r"http://[^/]+", url)[0] + "/", "data:", "blob:", "about:")
        page.on("request", lambda r: r.url.startswith(own) or faults.append(f"asked {r.url}"))
        page.on("pageerror", lambda error: faults.append(f"error {error}"))
        page.on("dialog", lambda dialog: (faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


def until(page, expression):
    page.wait_for_function(f"() => {expression}", timeout=MS, polling=100)


def scene_frame(page):
    """The frame that holds the scene, once it shows one."""
    frame = next(frame for frame in page.frames if "/s/" in frame.url)
    frame.wait_for_function(f"() => {READY}", timeout=MS, polling=100)
    return frame


def check_canvas(frame, rgb):
    """The canvas shows this panorama: not blank, of several colours, and alike where it looks."""
    frame.wait_for_function("() => document.querySelector('ldm3d-viewer').stats().frames > 2", timeout=MS, polling=100)
    fov = frame.evaluate("document.querySelector('ldm3d-viewer').fov")
    shot = frame.locator("ldm3d-viewer").screenshot(timeout=MS)
    seen = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))
    assert len(np.unique(seen.reshape(-1, 3) // 32, axis=0)) > 8
    height, width = seen.shape[:2]
    wide = np.degrees(2 * np.arctan(np.tan(np.radians(fov / 2)) * width / height))
    truth = perspective(rgb, width, height, fov_deg=float(wide))
    # buttons and titles lie on the edges; the middle is the scene's own
    middle = np.s_[height // 4 : 3 * height // 4 : 4, width // 4 : 3 * width // 4 : 4]
    seen, truth = (part[middle].astype(float).ravel() for part in (seen, truth))
    assert np.corrcoef(seen, truth)[0, 1] > 0.8


def start_painting(page, steps):
    """Type the number of steps, press Generate, wait for the first step."""
    if not page.locator("#steps").is_visible():
        page.click("#options button >> nth=0")
    field = page.locator("#steps input[type=number]")
    field.click()
    field.press("Control+a")
    field.press_sequentially(str(steps))
    field.press("Tab")
    page.evaluate("() => { document.querySelector('.telling .said').textContent = ''; }")  # an earlier run's last step
    while not page.is_visible("#stop"):
        page.click("#go")  # lost where Gradio has drawn the button but does not listen to it yet
        with contextlib.suppress(TooLate):
            page.wait_for_selector("#stop", timeout=5000)
    until(page, "/^Step/.test(document.querySelector('.telling .said').textContent)")


def test_from_a_sentence_to_a_link_that_outlives_the_server(open_page, model, tmp_path):
    with started(tmp_path, model) as server:
        page = open_page(server.url)
        page.wait_for_selector("#go")
        page.evaluate("""() => {
            window.told = [];
            const said = document.querySelector('.telling .said');
            new MutationObserver(() => told.push(said.textContent)).observe(said, { childList: true });
        }""")
        page.fill("#prompt textarea", EVIL)
        page.press("#prompt textarea", "Enter")
        until(page, "document.querySelector('.hero').dataset.state === 'done'")
        assert any(re.fullmatch(r"Step \d+ of \d+", words) for words in page.evaluate("told"))
        scene_id = page.get_attribute(".shelf li", "data-id")
        link = f"{server.url}/s/{scene_id}"
        assert page.url == f"{server.url}/?scene={scene_id}"
        assert page.text_content(".shelf li span") == title_of(EVIL)
        assert page.evaluate("document.querySelector('.shelf span').children.length") == 0
        assert page.evaluate("typeof window.hit") == "undefined"
        frame = scene_frame(page)
        assert frame.text_content("#about blockquote") == EVIL
        assert frame.evaluate("document.querySelector('#about blockquote').children.length") == 0
        assert frame.evaluate("typeof window.hit") == "undefined"

        rgb = np.asarray(Image.open(io.BytesIO(server.client.get(f"/scenes/{scene_id}/rgb.png").content)))
        check_canvas(frame, rgb)
        for name in ("scene.glb", "portable.glb"):
            assert_valid_glb(server.client.get(f"/scenes/{scene_id}/{name}").content)
        for address in frame.locator(".files a").evaluate_all("links => links.map((link) => link.href)"):
            assert server.client.head(address).status_code == 200
        until(page, f"document.querySelector('.shelf a[href=\"/s/{scene_id}\"]') !== null")

        other = open_page(link)
        check_canvas(scene_frame(other), rgb)
        assert other.evaluate("typeof window.hit") == "undefined" and "<img src=x" in other.title()
        page.close()
        other.close()
        server.end()
    with started(tmp_path, model) as server:
        again = open_page(f"{server.url}/s/{scene_id}")
        check_canvas(scene_frame(again), rgb)


def test_cancelling_and_closing_the_tab_stop_the_work(open_page, model, tmp_path):
    with started(tmp_path, model) as server:
        page = open_page(server.url, size=(700, 900))
        page.wait_for_selector("#go")
        page.fill("#prompt textarea", "a red desert")
        start_painting(page, 150)
        page.click("#stop")
        until(page, "document.querySelector('.hero').dataset.state !== 'busy'")
        until(page, "/cancelled/.test(document.querySelector('.trouble').textContent)")
        assert page.is_visible("#go") and not page.is_visible("#stop")
        until_idle(server)
        page.wait_for_timeout(1500)  # whatever Gradio has to add to that
        assert "cancelled" in page.text_content(".trouble"), "and not that something went wrong"
        start_painting(page, 150)
        page.close()
        until_idle(server)
        assert server.client.get("/api/scenes").json() == {"scenes": []}
        page = open_page(server.url)
        page.wait_for_selector("#go")
        page.press("#prompt textarea", "Enter")
        until(page, "/prompt is empty/.test(document.querySelector('.trouble').textContent)")


def test_a_sample_sentence_waits_in_the_field(open_page, furnished):
    page = open_page(f"{furnished.url}/samples")
    page.click("li a >> nth=5")
    until(page, f"document.querySelector('#prompt textarea')?.value === {samples.sentences()[5]!r}")
    left = "(id) => document.querySelector(id).getBoundingClientRect().left"
    assert page.evaluate(left, "#knows") == page.evaluate(left, "#examples"), "in the same column"
    page.click("#knows a")
    page.wait_for_url("**/samples")
    assert page.locator("li img").evaluate_all("all => all.slice(0, 6).every((each) => each.naturalWidth === 1024)")


def test_a_visitor_is_inside_a_scene_before_asking_for_any(open_page, furnished):
    server = furnished
    page = open_page(server.url)
    until(page, "document.querySelector('.hero')?.dataset.state === 'done'")
    frame = scene_frame(page)
    first = frame.evaluate("document.body.dataset.scene")
    until(page, "document.querySelectorAll('.shelf li').length === 4")
    until(page, f"document.querySelector('.shelf [aria-current]').getAttribute('href') === '/s/{first}'")
    frame.evaluate("window.mark = 1")
    other = page.locator(".shelf a:not([aria-current])").first
    other_id = other.get_attribute("href").removeprefix("/s/")
    other.click()
    until(page, "document.querySelector('.hero').dataset.state === 'done'")
    assert frame.evaluate("[document.body.dataset.scene, window.mark]") == [other_id, 1]

    # previews go to the viewer; when the generation is cancelled, what was there is there again
    page.fill("#prompt textarea", "a red desert")
    start_painting(page, 150)
    frame.wait_for_function("() => document.documentElement.classList.contains('painting')", timeout=MS)
    assert page.get_attribute(".ring", "aria-valuenow") is not None
    page.click("#stop")
    frame.wait_for_function("() => !document.documentElement.classList.contains('painting')", timeout=MS)
    frame.wait_for_function(f"() => {READY}", timeout=MS, polling=100)
    assert frame.evaluate("[document.body.dataset.scene, window.mark]") == [other_id, 1]

    # the visitor may look at another one while theirs is painted
    until_idle(server)
    start_painting(page, 40)  # longer than a click takes
    page.locator(f".shelf a[href='/s/{first}']").click()
    until(page, "document.querySelector('.shelf li a').getAttribute('aria-current') === 'true'")
    until(page, "document.querySelector('.hero').dataset.state === 'done'")
    made = page.get_attribute(".shelf li", "data-id")
    assert made not in (first, other_id)

    # what this browser made it may delete, and asks once more before it does
    page.hover(".shelf li")
    page.click(".shelf li .delete")
    assert page.text_content(".shelf li .delete") == "For everyone?"
    page.click(".shelf li .delete")
    until(page, f"!document.querySelector('.shelf [data-id=\"{made}\"]')")
    assert server.client.get(f"/s/{made}").status_code == 404


def test_a_slow_server_fills_its_shelf_all_the_same(open_page, furnished):
    page = open_page(furnished.url)
    looks = []

    def only_one_at_first(route):
        looks.append(route.request.url)
        response = route.fetch()
        answer = response.json()
        answer["scenes"] = answer["scenes"][: 1 if len(looks) < 5 else None]
        route.fulfill(response=response, json=answer)

    page.route("**/api/scenes?limit=12", only_one_at_first)
    page.reload()
    until(page, "document.querySelectorAll('.shelf li').length === 4")
    assert len(looks) == 5, "and then it asks no more"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_on_a_small_phone_in_german_too(browser, furnished, scheme):
    options = {"color_scheme": scheme, "locale": "de-DE", "has_touch": True, "reduced_motion": "reduce"}
    context = browser.new_context(viewport={"width": 360, "height": 740}, **options)
    page = context.new_page()
    page.set_default_timeout(MS)
    page.goto(furnished.url)
    until(page, "document.querySelector('.hero')?.dataset.state === 'done'")
    until(page, "document.querySelector('.shelf li')")
    assert page.text_content("#go").strip() == "Malen" and page.evaluate("document.documentElement.lang") == "de-DE"
    assert scene_frame(page).evaluate("document.documentElement.lang") == "de"
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    for part in OWN_PARTS:
        found = page.evaluate(
            "(part) => axe.run(part, { iframes: false }).then(({ violations }) =>"
            " violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))",
            part,
        )
        assert found == [], part
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        "[...document.querySelectorAll('#go, #prompt textarea, .gallery-item, .shelf a, .shelf .more')]"
        ".map((each) => [each.className, each.getBoundingClientRect()])"
        ".filter(([, { width, height }]) => width > 0 && (width < 44 || height < 44)).map(([name]) => name)"
    )
    assert small == []
    context.close()


def until_idle(server):
    """The worker has nothing to do; pytest's own limit is the longest this may take."""
    while server.client.get("/healthz").json()["running"]:
        time.sleep(0.1)
